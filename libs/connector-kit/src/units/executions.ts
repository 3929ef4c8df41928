import type { Connector } from '../connector.js';
import { executePlan } from '../execute/execute-plan.js';
import { nameFailure, type Change } from '@kenri/messaging';
import type { Unit } from './unit.js';

/** Plans under execution together ask the database together, so that many cost little more than one. */
const PLANS_AT_A_TIME = 64;
/** Bounds the memory: a plan of more records runs beside few others, the largest alone. */
const RECORDS_AT_A_TIME = 400;

/** The service is ending; the plan's timer stays set, and another process executes it. */
class Stopping extends Error {
  override readonly name = 'Stopping';
}

/**
 * Plans under execution in this process. Handlers only make a plan durable and hand it over, so that a slow store never holds up
 * consuming; the plan's timer takes over where this process dies.
 */
export class Executions {
  private readonly waiting: { records: number; start: () => void; refuse: (why: Error) => void }[] = [];
  private readonly known = new Map<string, Promise<Change<Unit> | undefined>>();
  private readonly handedOver = new Set<Promise<void>>();
  private active = 0;
  private records = 0;
  private stopped = false;

  constructor(private readonly connector: Connector) {}

  begin(plans: readonly { unit: Unit; planId: string }[]): void {
    for (const { unit, planId } of plans) {
      const work = this.carryOut(unit, planId).finally(() => this.handedOver.delete(work));
      this.handedOver.add(work);
    }
  }

  /** For the timer: joins an execution that runs or waits already. */
  perform(unit: Unit, planId: string): Promise<Change<Unit> | undefined> {
    const key = `${unit._id}/${planId}`;
    const before = this.known.get(key);
    if (before) return before.then(() => undefined);
    const work = this.inTurn(unit, planId).finally(() => this.known.delete(key));
    this.known.set(key, work);
    return work;
  }

  private async inTurn(unit: Unit, planId: string): Promise<Change<Unit> | undefined> {
    const { certain = 0, candidate = 0 } = unit.located?.records ?? {};
    const records = Math.min(certain + candidate, RECORDS_AT_A_TIME);
    await new Promise<void>((start, refuse) => {
      this.waiting.push({ records, start, refuse });
      this.pump();
    });
    try {
      return await executePlan(this.connector, unit._id, planId);
    } finally {
      this.active -= 1;
      this.records -= records;
      this.pump();
    }
  }

  private pump(): void {
    for (;;) {
      const next = this.waiting[0];
      if (!next) return;
      if (this.stopped) next.refuse(new Stopping('the service is stopping'));
      else if (this.active >= PLANS_AT_A_TIME || this.records + next.records > RECORDS_AT_A_TIME) return;
      else {
        this.active += 1;
        this.records += next.records;
        next.start();
      }
      this.waiting.shift();
    }
  }

  private async carryOut(unit: Unit, planId: string): Promise<void> {
    try {
      const change = await this.perform(unit, planId);
      if (change) await this.connector.units.commit([change]);
    } catch (error) {
      // Its timer is still set: it is executed again.
      if (!(error instanceof Stopping))
        this.connector.log.warn('execution-interrupted', { failure: nameFailure(error) });
    }
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.handedOver.size > 0 || this.known.size > 0)
      await Promise.allSettled([...this.handedOver, ...this.known.values()]);
  }

  /** What waits is left to its timers; what runs is finished. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.pump();
    await this.settled();
  }
}
