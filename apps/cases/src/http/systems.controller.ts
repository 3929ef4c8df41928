import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentStaff, Idempotent, IfMatch, Problem, Roles, setEtag, type Staff } from '@kenri/service';
import type { FastifyReply } from 'fastify';
import { ActOnCase } from '../commands/act-on-case.js';
import { DecideMatch } from '../commands/decide-match.js';
import { DetermineCorrection } from '../commands/determine-correction.js';
import { ResolveManually } from '../commands/resolve-manually.js';
import { SetExclusions } from '../commands/set-exclusions.js';
import type { CaseState, SystemPart } from '../decisions/case-state.js';
import { decisionsVersion, planVersion } from '../decisions/plans.js';
import type { CasePolicy } from '../decisions/policy.js';
import { caseView, decisionsView, planView, type CaseView } from '../queries/case-view.js';
import { Reviews } from '../reviews.js';
import { POLICY } from '../setup/settings.js';
import { CaseAnswer } from './case-answers.dto.js';
import { accountOf, CaseCommands } from './case-commands.js';
import {
  ClaimPath,
  DeterminationInput,
  ExclusionsInput,
  MatchDecisionInput,
  MatchPath,
  ReasonInput,
  ResolutionInput,
  RestorationInput,
  SystemPath,
} from './inputs.js';
import { ChangedDecisionsAnswer, ChangedPlanAnswer, DecisionsAnswer, PlanAnswer } from './part-answers.dto.js';

/** What people decide about one system's part of a case. Plans and decisions carry ETags; changes need If-Match. */
@ApiTags('systems')
@Controller('cases/:caseId/systems/:system')
export class SystemsController {
  constructor(
    private readonly cases: CaseCommands,
    private readonly reviews: Reviews,
    @Inject(POLICY) private readonly policy: CasePolicy,
  ) {}

  @Get('review')
  @Roles('case-worker', 'approver', 'medical-reviewer')
  @ApiOperation({ summary: 'What was found, match by match, side by side with the applicant (NDJSON, streamed)' })
  @ApiOkResponse({ description: 'lines { header }, { match }, { mention }', content: { 'application/x-ndjson': {} } })
  async review(@Param() { caseId, system }: SystemPath, @CurrentStaff() staff: Staff): Promise<StreamableFile> {
    const { state } = await this.cases.part(caseId, system);
    this.onlyWhoMaySee(system, staff);
    const lines = this.reviews.lines(state, system);
    // The first line is read before answering, so that what cannot be opened is a problem and no broken stream.
    const first = await lines.next();
    const text = async function* () {
      if (!first.done) yield `${JSON.stringify(first.value)}\n`;
      for await (const line of lines) yield `${JSON.stringify(line)}\n`;
    };
    return new StreamableFile(Readable.from(text()), { type: 'application/x-ndjson' });
  }

  @Get('decisions')
  @Roles('case-worker', 'approver', 'medical-reviewer', 'auditor')
  @ApiOperation({ summary: 'What was decided in the present round, by reference; its ETag is needed to change it' })
  @ApiOkResponse({ type: DecisionsAnswer })
  async decisions(
    @Param() { caseId, system }: SystemPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { part } = await this.cases.part(caseId, system);
    setEtag(reply, decisionsVersion(part));
    return decisionsView(part);
  }

  @Put('decisions/:ref')
  @Roles('case-worker', 'medical-reviewer')
  @ApiOperation({ summary: 'This match is the applicant, or is not (R-12)' })
  @ApiOkResponse({ type: ChangedDecisionsAnswer })
  async decide(
    @Param() { caseId, system, ref }: MatchPath,
    @Body() { decision }: MatchDecisionInput,
    @IfMatch() ifMatch: string,
    @CurrentStaff() staff: Staff,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    this.onlyWhoMaySee(system, staff);
    const command = new DecideMatch(caseId, system, ref, decision, accountOf(staff), ifMatch);
    return this.decisionsAfter(await this.cases.run(command), system, reply);
  }

  @Put('corrections/:claimId')
  @Roles('case-worker', 'medical-reviewer')
  @ApiOperation({ summary: 'Whether a claimed correction of one record is founded, with grounds (R-13)' })
  @ApiOkResponse({ type: ChangedDecisionsAnswer })
  async determine(
    @Param() { caseId, system, claimId }: ClaimPath,
    @Body() { record, path, finding, grounds, value }: DeterminationInput,
    @IfMatch() ifMatch: string,
    @CurrentStaff() staff: Staff,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    this.onlyWhoMaySee(system, staff);
    const claim = { claimId, record, path };
    const command = new DetermineCorrection(caseId, system, claim, finding, grounds, value, accountOf(staff), ifMatch);
    return this.decisionsAfter(await this.cases.run(command), system, reply);
  }

  @Put('exclusions')
  @Roles('case-worker', 'medical-reviewer')
  @ApiOperation({ summary: 'Refusals per record or field, each with its ground (R-15); replaces the list' })
  @ApiOkResponse({ type: ChangedDecisionsAnswer })
  async exclude(
    @Param() { caseId, system }: SystemPath,
    @Body() input: ExclusionsInput,
    @IfMatch() ifMatch: string,
    @CurrentStaff() staff: Staff,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    this.onlyWhoMaySee(system, staff);
    const exclusions = input.exclusions.map(({ record, paths = [], operations, ground }) => ({
      record,
      paths,
      operations,
      ground,
    }));
    const command = new SetExclusions(caseId, system, exclusions, accountOf(staff), ifMatch);
    return this.decisionsAfter(await this.cases.run(command), system, reply);
  }

  @Get('plan')
  @Roles('case-worker', 'approver', 'medical-reviewer', 'auditor')
  @ApiOperation({ summary: 'The frozen plan, if any; its ETag is needed to approve or reject it' })
  @ApiOkResponse({ type: PlanAnswer })
  async plan(
    @Param() { caseId, system }: SystemPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { part } = await this.cases.part(caseId, system);
    setEtag(reply, planVersion(part));
    return planView(part);
  }

  @Post('plan')
  @Roles('case-worker', 'medical-reviewer')
  @ApiOperation({
    summary: 'Freezes and proposes the plan (If-Match: ETag of the decisions). Without erasure it is sent at once',
  })
  @ApiOkResponse({ type: ChangedPlanAnswer })
  async propose(
    @Param() { caseId, system }: SystemPath,
    @IfMatch() ifMatch: string,
    @CurrentStaff() staff: Staff,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    this.onlyWhoMaySee(system, staff);
    const command = new ActOnCase(caseId, { type: 'propose-plan', system, who: accountOf(staff), ifMatch });
    return this.planAfter(await this.cases.run(command), system, reply);
  }

  @Post('plan/approve')
  @HttpCode(200)
  @Roles('approver')
  @ApiOperation({ summary: 'Approves the proposed plan: another person than any who decided or proposed (R-51)' })
  @ApiOkResponse({ type: ChangedPlanAnswer })
  async approve(
    @Param() { caseId, system }: SystemPath,
    @IfMatch() ifMatch: string,
    @CurrentStaff() staff: Staff,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const command = new ActOnCase(caseId, { type: 'approve-plan', system, who: accountOf(staff), ifMatch });
    return this.planAfter(await this.cases.run(command), system, reply);
  }

  @Post('plan/reject')
  @HttpCode(200)
  @Roles('approver')
  @ApiOperation({ summary: 'Sends the proposed plan back, with a reason' })
  @ApiOkResponse({ type: ChangedPlanAnswer })
  async reject(
    @Param() { caseId, system }: SystemPath,
    @Body() { reason }: ReasonInput,
    @IfMatch() ifMatch: string,
    @CurrentStaff() staff: Staff,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const command = new ActOnCase(caseId, { type: 'reject-plan', system, reason, who: accountOf(staff), ifMatch });
    return this.planAfter(await this.cases.run(command), system, reply);
  }

  @Post('ask-again')
  @HttpCode(200)
  @Roles('case-worker', 'medical-reviewer')
  @Idempotent()
  @ApiOperation({ summary: 'Asks this system again: a new round' })
  @ApiOkResponse({ type: CaseAnswer })
  async askAgain(@Param() { caseId, system }: SystemPath, @CurrentStaff() staff: Staff): Promise<CaseView> {
    return this.act(new ActOnCase(caseId, { type: 'ask-again', system, who: accountOf(staff) }));
  }

  @Post('resolve')
  @HttpCode(200)
  @Roles('case-worker', 'medical-reviewer')
  @ApiOperation({ summary: "Ends this system's part by hand, with grounds (R-20)" })
  @ApiOkResponse({ type: CaseAnswer })
  async resolve(
    @Param() { caseId, system }: SystemPath,
    @Body() { outcome, ground, note }: ResolutionInput,
    @CurrentStaff() staff: Staff,
  ): Promise<CaseView> {
    return this.act(new ResolveManually(caseId, system, outcome, ground, note, accountOf(staff)));
  }

  @Post('restore')
  @HttpCode(200)
  @Roles('approver')
  @Idempotent()
  @ApiOperation({ summary: 'Undoes an erasure within its window, with a reason (R-22)' })
  @ApiOkResponse({ type: CaseAnswer })
  async restore(
    @Param() { caseId, system }: SystemPath,
    @Body() { reason }: RestorationInput,
    @CurrentStaff() staff: Staff,
  ): Promise<CaseView> {
    return this.act(new ActOnCase(caseId, { type: 'restore', system, reason, who: accountOf(staff) }));
  }

  /** Medical data only to the medical reviewer, and to nobody else; the other systems' to case workers and approvers. */
  private onlyWhoMaySee(system: string, staff: Staff): void {
    const may = this.reviews.isMedical(system)
      ? staff.roles.includes('medical-reviewer')
      : staff.roles.some((role) => role === 'case-worker' || role === 'approver');
    if (may) return;
    throw new Problem('not-allowed', {
      ja: '医療システムのデータは医療担当者のみ、その他は案件担当者のみが扱えます。',
      en: 'Data of medical systems is for the medical reviewer only, that of the others for case workers.',
    });
  }

  private async act(command: object): Promise<CaseView> {
    return caseView(await this.cases.run(command), this.policy);
  }

  private decisionsAfter(state: CaseState, system: string, reply: FastifyReply): object {
    const part = state.systems[system] as SystemPart;
    setEtag(reply, decisionsVersion(part));
    return { ...decisionsView(part), state: part.state };
  }

  private planAfter(state: CaseState, system: string, reply: FastifyReply): object {
    const part = state.systems[system] as SystemPart;
    setEtag(reply, planVersion(part));
    return { ...planView(part), state: part.state };
  }
}
