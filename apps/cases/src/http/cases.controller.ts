import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Sse, type MessageEvent } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SubjectSchema, type Subject } from '@kenri/contracts';
import { REFUSAL_GROUNDS } from '@kenri/rights';
import {
  ApiPage,
  CurrentStaff,
  decodeCursor,
  EventStreams,
  LastEventId,
  pageOf,
  Problem,
  Roles,
  type Page,
  type Staff,
} from '@kenri/service';
import type { Observable } from 'rxjs';
import { CaseChanges } from '../case-changes.js';
import { ActOnCase } from '../commands/act-on-case.js';
import { AnswerCase } from '../commands/answer-case.js';
import type { CaseState } from '../decisions/case-state.js';
import { verifyChain } from '../decisions/history.js';
import type { CasePolicy } from '../decisions/policy.js';
import { caseLine, caseView, type CaseLine, type CaseView } from '../queries/case-view.js';
import { ListCases } from '../queries/list-cases.js';
import { ShowSubject } from '../queries/show-subject.js';
import { POLICY } from '../setup/settings.js';
import { contract } from './answer-fields.js';
import { CASE_ANSWERS, CaseAnswer, CaseLineAnswer, HistoryAnswer, RefusalGroundsAnswer } from './case-answers.dto.js';
import { accountOf, CaseCommands, gone } from './case-commands.js';
import { AnswerInput, CasePath, CasesQuery, ExtensionInput, ReasonInput } from './inputs.js';

@ApiTags('cases')
@ApiExtraModels(...CASE_ANSWERS)
@Controller()
export class CasesController {
  constructor(
    private readonly cases: CaseCommands,
    private readonly queries: QueryBus,
    private readonly changes: CaseChanges,
    private readonly streams: EventStreams,
    @Inject(POLICY) private readonly policy: CasePolicy,
  ) {}

  @Get('cases')
  @Roles('clerk', 'case-worker', 'approver', 'medical-reviewer', 'auditor', 'sre')
  @ApiOperation({ summary: 'Cases, newest first; no personal data' })
  @ApiPage(CaseLineAnswer)
  async list(@Query() query: CasesQuery): Promise<Page<CaseLine>> {
    if (query.systemState !== undefined && query.system === undefined) {
      const detail = { ja: 'system と一緒に指定してください。', en: 'needs `system` as well' };
      throw Problem.invalid({ pointer: '?systemState', detail });
    }
    const { state: phase, kind, system, systemState, reference, attention } = query;
    const after = decodeCursor(query.cursor, 1)?.[0];
    const filter = { phase, kind, system, systemState, reference, attention };
    const found = await this.queries.execute<ListCases, CaseState[]>(new ListCases(filter, query.limit, after));
    return pageOf(found, query.limit, ({ _id }) => [_id], caseLine);
  }

  @Sse('cases/events')
  @Roles('clerk', 'case-worker', 'approver', 'medical-reviewer', 'auditor', 'sre')
  @ApiOperation({ summary: 'Changes of cases as they happen (server-sent events, goes on after Last-Event-ID)' })
  events(@LastEventId() lastEventId?: string): Observable<MessageEvent> {
    return this.streams.open(this.changes.follow(lastEventId));
  }

  @Get('refusal-grounds')
  @Roles('clerk', 'case-worker', 'approver', 'medical-reviewer', 'auditor', 'sre')
  @ApiOperation({ summary: 'Grounds on which something may be refused, with article and text (R-15)' })
  @ApiOkResponse({ type: RefusalGroundsAnswer })
  refusalGrounds(): object {
    return { items: REFUSAL_GROUNDS };
  }

  @Get('cases/:caseId')
  @Roles('clerk', 'case-worker', 'approver', 'medical-reviewer', 'auditor', 'sre')
  @ApiOperation({ summary: 'How a case stands in every system; no personal data' })
  @ApiOkResponse({ type: CaseAnswer })
  async show(@Param() { caseId }: CasePath): Promise<CaseView> {
    return caseView(await this.cases.shown(caseId), this.policy);
  }

  @Get('cases/:caseId/subject')
  @Roles('case-worker', 'approver', 'medical-reviewer')
  @ApiOperation({ summary: "The applicant's data, to compare with what systems found" })
  @ApiOkResponse({ schema: contract(SubjectSchema) })
  async subject(@Param() { caseId }: CasePath): Promise<Subject> {
    await this.cases.shown(caseId);
    const subject = await this.queries.execute<ShowSubject, Subject | null>(new ShowSubject(caseId));
    if (!subject) throw gone();
    return subject;
  }

  @Get('cases/:caseId/history')
  @Roles('clerk', 'case-worker', 'approver', 'medical-reviewer', 'auditor', 'sre')
  @ApiOperation({ summary: 'Every step of the handling, hash-chained, and whether the chain is intact (R-50)' })
  @ApiOkResponse({ type: HistoryAnswer })
  async history(@Param() { caseId }: CasePath): Promise<object> {
    const { history, historyHead } = await this.cases.shown(caseId);
    return { entries: history, head: historyHead, verification: verifyChain(caseId, history, historyHead) };
  }

  @Post('cases/:caseId/cancel')
  @HttpCode(200)
  @Roles('case-worker', 'approver')
  @ApiOperation({ summary: 'Withdraws the case: what has not been carried out stops (R-08)' })
  @ApiOkResponse({ type: CaseAnswer })
  cancel(
    @Param() { caseId }: CasePath,
    @Body() { reason }: ReasonInput,
    @CurrentStaff() staff: Staff,
  ): Promise<CaseView> {
    return this.act(new ActOnCase(caseId, { type: 'cancel', reason, who: accountOf(staff) }));
  }

  @Post('cases/:caseId/close')
  @HttpCode(200)
  @Roles('case-worker', 'approver')
  @ApiOperation({ summary: 'Closes a case in which nothing is outstanding' })
  @ApiOkResponse({ type: CaseAnswer })
  close(@Param() { caseId }: CasePath, @CurrentStaff() staff: Staff): Promise<CaseView> {
    return this.act(new ActOnCase(caseId, { type: 'close', who: accountOf(staff) }));
  }

  @Post('cases/:caseId/answer')
  @HttpCode(200)
  @Roles('case-worker')
  @ApiOperation({ summary: 'Records that a complaint or an inquiry was answered (R-33)' })
  @ApiOkResponse({ type: CaseAnswer })
  answer(
    @Param() { caseId }: CasePath,
    @Body() { note }: AnswerInput,
    @CurrentStaff() staff: Staff,
  ): Promise<CaseView> {
    return this.act(new AnswerCase(caseId, note, accountOf(staff)));
  }

  @Post('cases/:caseId/pause')
  @HttpCode(200)
  @Roles('case-worker')
  @ApiOperation({ summary: 'Stops the statutory clock, with the reason (R-32)' })
  @ApiOkResponse({ type: CaseAnswer })
  pause(
    @Param() { caseId }: CasePath,
    @Body() { reason }: ReasonInput,
    @CurrentStaff() staff: Staff,
  ): Promise<CaseView> {
    return this.act(new ActOnCase(caseId, { type: 'pause-clock', reason, who: accountOf(staff) }));
  }

  @Post('cases/:caseId/resume')
  @HttpCode(200)
  @Roles('case-worker')
  @ApiOperation({ summary: 'Lets the statutory clock run again' })
  @ApiOkResponse({ type: CaseAnswer })
  resume(@Param() { caseId }: CasePath, @CurrentStaff() staff: Staff): Promise<CaseView> {
    return this.act(new ActOnCase(caseId, { type: 'resume-clock', who: accountOf(staff) }));
  }

  @Post('cases/:caseId/extend')
  @HttpCode(200)
  @Roles('case-worker')
  @ApiOperation({ summary: 'Extends the due date, with the reason (the applicant is told)' })
  @ApiOkResponse({ type: CaseAnswer })
  extend(
    @Param() { caseId }: CasePath,
    @Body() { days, reason }: ExtensionInput,
    @CurrentStaff() staff: Staff,
  ): Promise<CaseView> {
    return this.act(new ActOnCase(caseId, { type: 'extend-due-date', days, reason, who: accountOf(staff) }));
  }

  @Post('cases/:caseId/package/propose-release')
  @HttpCode(200)
  @Roles('case-worker')
  @ApiOperation({ summary: 'Proposes to release the disclosure package: the first of two people (R-51)' })
  @ApiOkResponse({ type: CaseAnswer })
  proposeRelease(@Param() { caseId }: CasePath, @CurrentStaff() staff: Staff): Promise<CaseView> {
    return this.act(new ActOnCase(caseId, { type: 'propose-release', who: accountOf(staff) }));
  }

  @Post('cases/:caseId/package/release')
  @HttpCode(200)
  @Roles('approver')
  @ApiOperation({ summary: 'Releases the disclosure package: the second of two people (R-51)' })
  @ApiOkResponse({ type: CaseAnswer })
  release(@Param() { caseId }: CasePath, @CurrentStaff() staff: Staff): Promise<CaseView> {
    return this.act(new ActOnCase(caseId, { type: 'release-package', who: accountOf(staff) }));
  }

  private async act(command: object): Promise<CaseView> {
    return caseView(await this.cases.run(command), this.policy);
  }
}
