import { Controller, Get, HttpCode, Inject, Param, Post, Req, UseFilters } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Applicant, ApplicantSecret, CONFIGURATION, RateLimiter, TextField } from '@kenri/service';
import type { FastifyRequest } from '@kenri/service';
import { WithdrawApplication } from '../commands/withdraw-application.js';
import type { Application } from '../decisions/application.js';
import { statusOf } from '../decisions/status.js';
import { FindOwnApplication } from '../queries/find-own-application.js';
import type { IntakeConfiguration } from '../settings.js';
import { StatusView } from './answers.dto.js';
import { RefusalFilter } from './refusal-filter.js';

class ReferencePath {
  @TextField({ max: 40, description: 'reference of the application', example: 'K-2026-7F3K9Q' })
  reference: string;
}

/** The applicant's own view, by reference and secret. */
@ApiTags('status')
@Controller('status')
@UseFilters(RefusalFilter)
export class StatusController {
  private readonly asked: RateLimiter;

  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(CONFIGURATION) configuration: IntakeConfiguration,
  ) {
    const points = configuration.KENRI_PUBLIC_PER_MINUTE;
    this.asked = RateLimiter.inMemory({ name: 'status', points, seconds: 60 });
  }

  @Get(':reference')
  @Applicant()
  @ApiOperation({ summary: 'How far the application has come' })
  @ApiOkResponse({ type: StatusView })
  async show(
    @Param() { reference }: ReferencePath,
    @ApplicantSecret() secret: string,
    @Req() request: FastifyRequest,
  ): Promise<StatusView> {
    return statusOf(await this.own(reference, secret, request));
  }

  @Post(':reference/withdraw')
  @HttpCode(200)
  @Applicant()
  @ApiOperation({ summary: 'Withdraw the application (R-08)' })
  @ApiOkResponse({ type: StatusView })
  async withdraw(
    @Param() { reference }: ReferencePath,
    @ApplicantSecret() secret: string,
    @Req() request: FastifyRequest,
  ): Promise<StatusView> {
    const { _id } = await this.own(reference, secret, request);
    const by = { role: 'applicant', account: 'applicant' } as const;
    return statusOf(await this.commands.execute(new WithdrawApplication(_id, by)));
  }

  private async own(reference: string, secret: string, request: FastifyRequest): Promise<Application> {
    await this.asked.use(request.ip);
    return this.queries.execute(new FindOwnApplication(reference, secret));
  }
}
