import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '@kenri/service';
import { ReconcileSuppressions, type Reconciled } from '../commands/reconcile-suppressions.js';
import type { ChainsVerified } from '../history-chains.store.js';
import { VerifyChains } from '../queries/verify-chains.js';
import { ChainsAnswer, ReconciledAnswer } from './case-answers.dto.js';

/** Checks over all cases. */
@ApiTags('oversight')
@Controller()
export class OversightController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('history-verification')
  @Roles('auditor', 'sre')
  @ApiOperation({ summary: 'Verifies the history chains of all cases (R-50)' })
  @ApiOkResponse({ type: ChainsAnswer })
  verify(): Promise<ChainsVerified> {
    return this.queries.execute(new VerifyChains());
  }

  @Post('suppressions/reconcile')
  @HttpCode(200)
  @Roles('sre')
  @ApiOperation({ summary: 'Compares the suppression topic with the register and heals it (R-42)' })
  @ApiOkResponse({ type: ReconciledAnswer })
  reconcile(): Promise<Reconciled> {
    return this.commands.execute(new ReconcileSuppressions());
  }
}
