import type { PlannedCase } from './applicants.js';
import { Flow, type Desks } from './case-flow.js';
import { begin, type CaseRun } from './case-run.js';

/** A steady flow of cases: so many are open at a time; the next begins when one has come to rest. */
export class Load {
  /** Every application that was begun. */
  readonly runs: CaseRun[] = [];
  /** How many are over, however they ended. */
  ended = 0;
  private readonly open = new Set<Flow>();

  constructor(
    private readonly cases: readonly PlannedCase[],
    private readonly desks: Desks,
    private readonly atATime: number,
  ) {}

  /** Resolves when every case has come to rest, or the signal of the desks is given. */
  async play(): Promise<void> {
    await Promise.all(Array.from({ length: Math.min(this.atATime, this.cases.length) }, () => this.worker()));
  }

  /** Applicants of open cases change their minds. @returns how many */
  withdraw(count: number): number {
    const chosen = [...this.open].filter(({ run }) => run.accepted && !run.withdrawn).slice(-count);
    for (const flow of chosen) flow.withdraw();
    return chosen.length;
  }

  /** Records of people whose erasure is under way come under a legal hold. @returns how many */
  async hold(count: number): Promise<number> {
    const chosen = [...this.open].filter(({ planned, run }) => run.accepted && planned.kinds.includes('erasure'));
    const held = await Promise.all(
      chosen.slice(0, count).map(({ planned }) => this.desks.business.hold(planned, undefined, null)),
    );
    return held.filter((one) => one !== undefined).length;
  }

  private async worker(): Promise<void> {
    for (;;) {
      const planned = this.cases[this.runs.length];
      if (!planned || this.desks.signal.aborted) return;
      const run = begin(planned);
      this.runs.push(run);
      const flow = new Flow(run, this.desks);
      this.open.add(flow);
      try {
        await flow.play();
      } catch (error) {
        run.failure = (error as Error).message;
      } finally {
        this.open.delete(flow);
      }
      this.ended += 1;
    }
  }
}
