import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONFIGURATION } from '@kenri/service';
import { CaseChanges } from './case-changes.js';
import { CaseStore } from './case.store.js';
import { CaseTimers } from './case-timers.js';
import { ActOnCaseHandler } from './commands/act-on-case.js';
import { AnswerCaseHandler } from './commands/answer-case.js';
import { CollectOrphansHandler } from './commands/collect-orphans.js';
import { DecideMatchHandler } from './commands/decide-match.js';
import { DetermineCorrectionHandler } from './commands/determine-correction.js';
import { OpenCasesHandler } from './commands/open-cases.js';
import { ReconcileSuppressionsHandler } from './commands/reconcile-suppressions.js';
import { RecordAnswersHandler } from './commands/record-answers.js';
import { ResolveManuallyHandler } from './commands/resolve-manually.js';
import { SetExclusionsHandler } from './commands/set-exclusions.js';
import { DecisionListStore } from './effects/decision-lists.store.js';
import { CaseCommands } from './http/case-commands.js';
import { CasesController } from './http/cases.controller.js';
import { OversightController } from './http/oversight.controller.js';
import { SystemsController } from './http/systems.controller.js';
import { MessagesController } from './messages/messages.controller.js';
import { PackageBuilder } from './package/package-builder.js';
import { PackageStore } from './package/package.store.js';
import { PackagesController } from './package/packages.controller.js';
import { ListCasesHandler } from './queries/list-cases.js';
import { ShowCaseHandler } from './queries/show-case.js';
import { ShowSubjectHandler } from './queries/show-subject.js';
import { VerifyChainsHandler } from './queries/verify-chains.js';
import { Reviews } from './reviews.js';
import { OrphansJob } from './setup/orphans-job.js';
import { ReconcileJob } from './setup/reconcile-job.js';
import { policyOf, POLICY, type CasesConfiguration } from './setup/settings.js';
import { SuppressionStore } from './suppressions.store.js';

/** Cases: the single source of truth of every application that was accepted. */
@Module({
  imports: [CqrsModule.forRoot()],
  controllers: [MessagesController, CasesController, SystemsController, OversightController, PackagesController],
  providers: [
    {
      provide: POLICY,
      inject: [CONFIGURATION],
      useFactory: (configuration: CasesConfiguration) => policyOf(configuration),
    },
    DecisionListStore,
    CaseStore,
    SuppressionStore,
    CaseTimers,
    CaseChanges,
    CaseCommands,
    Reviews,
    PackageStore,
    PackageBuilder,
    ReconcileJob,
    OrphansJob,
    OpenCasesHandler,
    RecordAnswersHandler,
    ActOnCaseHandler,
    AnswerCaseHandler,
    DecideMatchHandler,
    DetermineCorrectionHandler,
    ResolveManuallyHandler,
    SetExclusionsHandler,
    ReconcileSuppressionsHandler,
    CollectOrphansHandler,
    ListCasesHandler,
    ShowCaseHandler,
    ShowSubjectHandler,
    VerifyChainsHandler,
  ],
  exports: [POLICY, CaseStore, CaseTimers, CaseCommands],
})
export class CasesModule {}
