import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { TimerSweep } from '@kenri/messaging';
import { CLOCK, type Clock } from '@kenri/service';
import { ApplicationStore } from './application.store.js';
import { DisposeApplications } from './commands/dispose-applications.js';
import { REPUBLISH_TIMER, republish } from './decisions/acceptance.js';
import type { Application } from './decisions/application.js';
import { DISPOSAL_TIMER, treatAsNotApplied } from './decisions/ending.js';
import type { Policy } from './decisions/policy.js';
import { FEE_TIMER } from './decisions/submission.js';
import { POLICY } from './settings.js';

/** What happens by itself: a fee not paid, a request that opened no case, a schedule of destruction. */
@Injectable()
export class ApplicationTimers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly sweep: TimerSweep<Application>;

  constructor(
    applications: ApplicationStore,
    commands: CommandBus,
    @Inject(CLOCK) clock: Clock,
    @Inject(POLICY) policy: Policy,
  ) {
    this.sweep = new TimerSweep(applications.documents, { clock })
      .handle(FEE_TIMER.kind, (application, _timer, { now }) => treatAsNotApplied(application, policy, now))
      .handle(REPUBLISH_TIMER.kind, (application, _timer, { now }) => republish(application, policy, now))
      .perform(DISPOSAL_TIMER.kind, {
        withinMs: 60_000,
        work: async ({ _id }) => {
          await commands.execute(new DisposeApplications([_id]));
          return undefined;
        },
      });
  }

  onApplicationBootstrap(): void {
    this.sweep.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweep.stop();
  }
}
