import { Inject, Injectable } from '@nestjs/common';
import { TimerSweep } from '@kenri/messaging';
import { CLOCK, type Clock } from '@kenri/service';
import { CaseStore } from './case.store.js';
import type { CaseState } from './decisions/case-state.js';
import { TIMER_KINDS } from './decisions/timers.js';
import { SuppressionStore } from './suppressions.store.js';

/**
 * What falls due in cases. Timers of kind `package` belong to the package builder, which registers itself:
 * `timers.sweep.perform('package', …)` in its `onModuleInit`.
 */
@Injectable()
export class CaseTimers {
  readonly sweep: TimerSweep<CaseState>;

  constructor(
    private readonly cases: CaseStore,
    private readonly suppressions: SuppressionStore,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.sweep = new TimerSweep(cases.documents, { clock });
    for (const kind of TIMER_KINDS) {
      if (kind === 'package' || kind === 'suppression') continue;
      this.sweep.perform(kind, {
        withinMs: 60_000,
        work: async ({ _id: id }, timer, now) => {
          await this.cases.handle([{ id, command: { type: 'fire-timer', id: timer.id, kind } }], now);
          return undefined;
        },
      });
    }
    this.sweep.perform('suppression', {
      withinMs: 60_000,
      work: async (state) => {
        await this.publishSuppression(state);
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

  /** Brings the register, and with it the topic, to what the case says. */
  private async publishSuppression(state: Readonly<CaseState>): Promise<void> {
    const { _id: id, suppression, identity } = state;
    if (!suppression || suppression.applied >= suppression.revision) return;
    const subject = await this.cases.effects.subject(id, identity);
    const { set, revision, purposes, since, recordTokens } = suppression;
    const tokens = [...this.cases.effects.personTokens(subject?.identity ?? null), ...recordTokens];
    await this.suppressions.record({ _id: id, set, revision, purposes, since, tokens });
    await this.cases.handle([{ id, command: { type: 'record-suppression-published', revision } }]);
  }
}
