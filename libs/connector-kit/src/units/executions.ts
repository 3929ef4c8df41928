import type { Connector } from '../connector.js';
import { executePlan } from '../execute/execute-plan.js';
import { nameFailure, type Change } from '@kenri/messaging';
import type { Unit } from './unit.js';

const AT_A_TIME = 4;

/**
 * Plans under execution in this process. Handlers only make a plan durable and hand it over, so that a slow store never holds up
 * consuming; the plan's timer takes over where this process dies.
 */
export class Executions {
  private readonly waiting: { unit: string; planId: string }[] = [];
  private readonly running = new Map<string, Promise<Change<Unit> | undefined>>();
  private active = 0;
  private stopped = false;
  private idle: (() => void)[] = [];

  constructor(private readonly connector: Connector) {}

  begin(plans: readonly { unit: string; planId: string }[]): void {
    this.waiting.push(...plans);
    this.pump();
  }

  /** For the timer: joins an execution that runs already. */
  perform(unit: string, planId: string): Promise<Change<Unit> | undefined> {
    const key = `${unit}/${planId}`;
    const before = this.running.get(key);
    if (before) return before.then(() => undefined);
    const work = executePlan(this.connector, unit, planId).finally(() => this.running.delete(key));
    this.running.set(key, work);
    return work;
  }

  private pump(): void {
    while (!this.stopped && this.active < AT_A_TIME && this.waiting.length > 0) {
      const { unit, planId } = this.waiting.shift()!;
      this.active += 1;
      void this.carryOut(unit, planId).finally(() => {
        this.active -= 1;
        if (this.active === 0 && (this.stopped || this.waiting.length === 0))
          this.idle.splice(0).forEach((resolve) => resolve());
        this.pump();
      });
    }
  }

  private async carryOut(unit: string, planId: string): Promise<void> {
    try {
      const change = await this.perform(unit, planId);
      if (change) await this.connector.units.commit([change]);
    } catch (error) {
      // Its timer is still set: it is executed again.
      this.connector.log.warn('execution-interrupted', { failure: nameFailure(error) });
    }
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    if (this.active === 0 && this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.active > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }
}
