import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  CONFIGURATION,
  CurrentStaff,
  decodeCursor,
  Idempotent,
  IfMatch,
  IfMatchVersion,
  Problem,
  PublicOrRoles,
  RateLimiter,
  ResourceId,
  Roles,
  setEtag,
  versionOf,
  type Page,
  type Staff,
} from '@kenri/service';
import type { FastifyReply, FastifyRequest } from '@kenri/service';
import { AcceptApplication } from '../commands/accept-application.js';
import { AmendApplication } from '../commands/amend-application.js';
import { RecordFeeReceipt } from '../commands/record-fee-receipt.js';
import { RecordIdentityCheck } from '../commands/record-identity-check.js';
import { RecordProxyCheck } from '../commands/record-proxy-check.js';
import { RejectApplication } from '../commands/reject-application.js';
import { SubmitApplication } from '../commands/submit-application.js';
import { WithdrawApplication } from '../commands/withdraw-application.js';
import type { Application } from '../decisions/application.js';
import { missingOf } from '../decisions/completeness.js';
import { GetApplication } from '../queries/get-application.js';
import { GetForm } from '../queries/get-form.js';
import { ListApplications } from '../queries/list-applications.js';
import { viewOf } from '../queries/application-view.js';
import type { IntakeConfiguration } from '../settings.js';
import { ApplicationSummary, ApplicationView, SubmittedApplication } from './answers.dto.js';
import {
  AmendApplicationDto,
  ApplicationPath,
  FeeReceiptDto,
  IdentityCheckDto,
  ListApplicationsDto,
  ProxyCheckDto,
  RejectApplicationDto,
  SubmitApplicationDto,
} from './application.dto.js';
import { AMENDMENT, SUBMISSIONS } from './examples.js';
import { FormDto } from './form.dto.js';
import { RefusalFilter } from './refusal-filter.js';
import { formPartsOf, submissionOf } from './submission.js';

const OPTIONAL_IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'ETag of what was seen; checked where sent',
};

@ApiTags('applications')
@Controller('applications')
@UseFilters(RefusalFilter)
export class ApplicationsController {
  private readonly fromPublic: RateLimiter;

  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(CONFIGURATION) private readonly configuration: IntakeConfiguration,
  ) {
    const points = configuration.KENRI_PUBLIC_PER_MINUTE;
    this.fromPublic = RateLimiter.inMemory({ name: 'submit', points, seconds: 60 });
  }

  @Post()
  @PublicOrRoles('clerk')
  @Idempotent()
  @ApiOperation({ summary: 'Send an application (the public, by web) or transcribe one (a clerk)' })
  @ApiBody({ type: SubmitApplicationDto, examples: SUBMISSIONS })
  @ApiCreatedResponse({ type: SubmittedApplication })
  async submit(
    @Body() dto: SubmitApplicationDto,
    @ResourceId() id: string,
    @CurrentStaff() staff: Staff | undefined,
    @Req() request: FastifyRequest,
  ): Promise<SubmittedApplication> {
    if (!staff) await this.fromPublic.use(request.ip);
    const submission = submissionOf(dto, staff);
    const { identity = {}, particulars = {}, proxy } = formPartsOf(dto, this.configuration.KENRI_SYSTEMS);
    const form = { identity, particulars, ...(proxy && { proxy }) };
    const { application, secret } = await this.commands.execute(
      new SubmitApplication(id, submission, form, staff?.id ?? 'applicant'),
    );
    return { id, reference: application.reference, secret, missing: missingOf(application) };
  }

  @Get()
  @Roles('clerk', 'case-worker', 'auditor')
  @ApiOperation({ summary: 'Applications, newest first, without personal data' })
  @ApiPage(ApplicationSummary)
  async list(@Query() { limit, cursor, ...filter }: ListApplicationsDto): Promise<Page<ApplicationSummary>> {
    const [before] = decodeCursor(cursor, 1) ?? [];
    return this.queries.execute(new ListApplications(filter, limit, before));
  }

  @Get(':id')
  @Roles('clerk', 'case-worker', 'auditor')
  @ApiOperation({ summary: 'One application and how it was handled, without personal data; with its ETag' })
  @ApiOkResponse({ type: ApplicationView })
  async show(
    @Param() { id }: ApplicationPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationView> {
    const found = await this.queries.execute(new GetApplication(id));
    if (!found) throw Problem.notFound();
    setEtag(reply, found.application.revision);
    return viewOf(found.application, found.possibleDuplicates);
  }

  @Get(':id/form')
  @Roles('clerk', 'case-worker')
  @ApiOperation({ summary: 'The personal part of the form, as long as it is kept' })
  @ApiOkResponse({ type: FormDto })
  async form(@Param() { id }: ApplicationPath, @Res({ passthrough: true }) reply: FastifyReply): Promise<FormDto> {
    const form = await this.queries.execute(new GetForm(id));
    if (!form) throw Problem.notFound();
    void reply.header('cache-control', 'no-store');
    return form;
  }

  @Patch(':id')
  @Roles('clerk')
  @ApiOperation({ summary: 'Correct the transcription, or add what arrived later' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'ETag of what is changed' })
  @ApiBody({ type: AmendApplicationDto, examples: AMENDMENT })
  @ApiOkResponse({ type: ApplicationView })
  async amend(
    @Param() { id }: ApplicationPath,
    @IfMatch() ifMatch: string,
    @Body() dto: AmendApplicationDto,
    @CurrentStaff() staff: Staff,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationView> {
    const { identity: _identity, particulars: _particulars, proxy, ...stated } = dto;
    const amendment = { ...stated, ...(proxy && { proxy: { relation: proxy.relation, kinds: proxy.kinds } }) };
    const form = formPartsOf(dto, this.configuration.KENRI_SYSTEMS);
    const command = new AmendApplication(id, versionOf(ifMatch), amendment, form, staff.id);
    return this.shown(await this.commands.execute(command), reply);
  }

  @Post(':id/identity-check')
  @HttpCode(200)
  @Roles('clerk')
  @ApiOperation({ summary: 'Record that a proof of identity was looked at (R-03)' })
  @ApiHeader(OPTIONAL_IF_MATCH)
  @ApiOkResponse({ type: ApplicationView })
  async checkIdentity(
    @Param() { id }: ApplicationPath,
    @Body() dto: IdentityCheckDto,
    @CurrentStaff() staff: Staff,
    @IfMatchVersion() revision: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationView> {
    const check = { ...dto, masked: dto.masked ?? [] };
    const command = new RecordIdentityCheck(id, check, staff.id, revision);
    return this.shown(await this.commands.execute(command), reply);
  }

  @Post(':id/proxy-check')
  @HttpCode(200)
  @Roles('clerk')
  @ApiOperation({ summary: "Record that the proxy's authority was looked at (R-04)" })
  @ApiHeader(OPTIONAL_IF_MATCH)
  @ApiOkResponse({ type: ApplicationView })
  async checkProxy(
    @Param() { id }: ApplicationPath,
    @Body() dto: ProxyCheckDto,
    @CurrentStaff() staff: Staff,
    @IfMatchVersion() revision: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationView> {
    const command = new RecordProxyCheck(id, { ...dto }, staff.id, revision);
    return this.shown(await this.commands.execute(command), reply);
  }

  @Post(':id/fee')
  @Roles('clerk')
  @Idempotent()
  @ApiOperation({ summary: 'Record a bank receipt (R-05)' })
  @ApiHeader(OPTIONAL_IF_MATCH)
  @ApiCreatedResponse({ type: ApplicationView })
  async recordFee(
    @Param() { id }: ApplicationPath,
    @Body() dto: FeeReceiptDto,
    @CurrentStaff() staff: Staff,
    @IfMatchVersion() revision: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationView> {
    const command = new RecordFeeReceipt(id, { ...dto }, staff.id, revision);
    return this.shown(await this.commands.execute(command), reply);
  }

  @Post(':id/accept')
  @HttpCode(200)
  @Roles('clerk')
  @ApiOperation({
    summary: 'Accept: the request goes out to cases and all systems concerned; repeating it changes nothing',
  })
  @ApiHeader(OPTIONAL_IF_MATCH)
  @ApiOkResponse({ type: ApplicationView })
  async accept(
    @Param() { id }: ApplicationPath,
    @CurrentStaff() staff: Staff,
    @IfMatchVersion() revision: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationView> {
    const command = new AcceptApplication(id, staff.id, revision);
    return this.shown(await this.commands.execute(command), reply);
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Roles('clerk')
  @ApiOperation({ summary: 'Turn the form down before it becomes a case' })
  @ApiHeader(OPTIONAL_IF_MATCH)
  @ApiOkResponse({ type: ApplicationView })
  async reject(
    @Param() { id }: ApplicationPath,
    @Body() dto: RejectApplicationDto,
    @CurrentStaff() staff: Staff,
    @IfMatchVersion() revision: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationView> {
    const command = new RejectApplication(id, { ...dto }, staff.id, revision);
    return this.shown(await this.commands.execute(command), reply);
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Roles('clerk')
  @ApiOperation({
    summary: 'Withdraw at the request of the applicant (R-08); after acceptance a wish that cases grants',
  })
  @ApiHeader(OPTIONAL_IF_MATCH)
  @ApiOkResponse({ type: ApplicationView })
  async withdraw(
    @Param() { id }: ApplicationPath,
    @CurrentStaff() staff: Staff,
    @IfMatchVersion() revision: number | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApplicationView> {
    const command = new WithdrawApplication(id, { role: 'clerk', account: staff.id }, revision);
    return this.shown(await this.commands.execute(command), reply);
  }

  private shown(application: Application, reply: FastifyReply): ApplicationView {
    setEtag(reply, application.revision);
    return viewOf(application);
  }
}
