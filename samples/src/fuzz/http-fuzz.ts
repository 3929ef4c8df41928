import type { ServiceName } from '@kenri/local';
import fc from 'fast-check';
import { seedOf, type Findings } from './findings.js';
import { operationsOf, type OpenApi, type Operation } from './http-operations.js';
import { requestPlans, type RequestPlan } from './http-plans.js';
import { faultOf, type Fault } from './http-rules.js';
import { Sender, type Outcome, type WireRequest } from './http-send.js';
import { World } from './http-world.js';
import { standing, whenStill } from './standing.js';
import type { TrialPlatform } from '../trial-platform.js';

/** What came of one operation's requests. */
export interface OperationCounts {
  requests: number;
  taken: number;
  refused: number;
  /** Refused requests after which the databases were compared with what was there before. */
  compared: number;
  slowestMs: number;
}

/** One refused change in so many is followed by a look into the databases. */
const COMPARE_EVERY = 12;
/** Longer, and the round goes on without having made its counter-example smaller. */
const LONGEST_OPERATION_MS = 45_000;

class BrokenRule extends Error {
  constructor(readonly fault: Fault) {
    super(`${fault.rule}: ${fault.detail}`);
  }
}

/** Requests of all kinds to every operation that the services' OpenAPI documents name. */
export class HttpFuzz {
  readonly counts = new Map<string, OperationCounts>();
  private readonly world: World;
  private readonly sender: Sender;
  private refusedChanges = 0;

  private constructor(
    private readonly platform: TrialPlatform,
    readonly operations: readonly (Operation & { plans: fc.Arbitrary<RequestPlan> })[],
    private readonly findings: Findings,
  ) {
    this.world = new World(platform);
    this.sender = new Sender(this.world);
  }

  static async over(
    platform: TrialPlatform,
    findings: Findings,
    wanted: (operation: { service: ServiceName; name: string }) => boolean = () => true,
  ): Promise<HttpFuzz> {
    const operations: Operation[] = [];
    for (const [service, address] of Object.entries(platform.stack.addresses) as [ServiceName, string][]) {
      const response = await fetch(`${address}/openapi.json`, { signal: AbortSignal.timeout(20_000) });
      operations.push(...operationsOf(service, (await response.json()) as OpenApi).filter(wanted));
    }
    return new HttpFuzz(
      platform,
      operations.map((operation) => ({ ...operation, plans: requestPlans(operation) })),
      findings,
    );
  }

  close(): void {
    this.sender.close();
  }

  /** Every operation once, with so many requests each, unless `isOver` says that it is enough. */
  async round(seed: number, runs: number, isOver: () => boolean = () => false): Promise<void> {
    await this.world.renew();
    for (const operation of this.operations) {
      if (isOver()) return;
      await this.noteParked(operation.service);
      await this.fuzz(operation, seed, runs, isOver);
    }
  }

  private async fuzz(
    operation: HttpFuzz['operations'][number],
    seed: number,
    runs: number,
    isOver: () => boolean,
  ): Promise<void> {
    const since = Date.now();
    const property = fc.asyncProperty(operation.plans, async (plan) => {
      // Ends the shrinking too; fast-check's own limit would leave a request under way.
      if (isOver() || Date.now() - since > LONGEST_OPERATION_MS) return;
      const fault = await this.tried(operation, plan);
      if (fault && !this.findings.isKnown(operation.name, fault.rule)) throw new BrokenRule(fault);
    });
    const details = await fc.check(property, {
      seed: seedOf(seed, operation.name),
      numRuns: runs,
    });
    const error = details.errorInstance;
    if (!details.failed || details.counterexample === null) return;
    if (!(error instanceof BrokenRule)) throw error;
    this.findings.add({
      area: 'http',
      where: operation.name,
      ...error.fault,
      counterexample: JSON.stringify(details.counterexample[0]),
      seed,
    });
    // There may be another fault behind this one.
    if (Date.now() - since < LONGEST_OPERATION_MS) await this.fuzz(operation, seed, runs, isOver);
  }

  private async tried(operation: Operation, plan: RequestPlan): Promise<Fault | undefined> {
    const request = await this.sender.prepare(operation, plan);
    const outcome = await this.sender.send(operation, request);
    this.count(operation, outcome);
    const fault = faultOf(operation, plan, request, outcome);
    if (fault || outcome.kind !== 'answer' || outcome.status < 400 || operation.method === 'GET') return fault;
    this.refusedChanges += 1;
    return this.refusedChanges % COMPARE_EVERY === 0 ? this.leftSomething(operation, request) : undefined;
  }

  /**
   * The same refused request once more, with the databases read before and after. Only what comes back every time is a fault: other
   * parts of the platform go on meanwhile.
   */
  private async leftSomething(operation: Operation, request: WireRequest): Promise<Fault | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      const before = await whenStill(this.platform.mongo);
      if (!before) return undefined;
      const again = await this.sender.send(operation, request);
      if (again.kind !== 'answer' || again.status < 400) return undefined;
      const after = await standing(this.platform.mongo);
      const changed = [...after].filter(([key, value]) => before.get(key) !== value).map(([key]) => key);
      const gone = [...before.keys()].filter((key) => !after.has(key));
      if (changed.length + gone.length === 0) {
        this.countsOf(operation).compared += 1;
        return undefined;
      }
      if (attempt === 2)
        return {
          rule: `a ${again.status} that leaves something behind`,
          detail: [...changed, ...gone].slice(0, 5).join(', '),
        };
    }
  }

  private count(operation: Operation, outcome: Outcome): void {
    const counts = this.countsOf(operation);
    counts.requests += 1;
    counts.slowestMs = Math.max(counts.slowestMs, outcome.ms);
    if (outcome.kind !== 'answer') return;
    if (outcome.status < 400) counts.taken += 1;
    else counts.refused += 1;
  }

  private countsOf({ name }: Operation): OperationCounts {
    let found = this.counts.get(name);
    if (!found) {
      found = { requests: 0, taken: 0, refused: 0, compared: 0, slowestMs: 0 };
      this.counts.set(name, found);
    }
    return found;
  }

  private async noteParked(service: ServiceName): Promise<void> {
    const { body } = await this.platform.ask<{ items?: { id: string }[] }>('sre', 'GET', `${service}/parked`);
    this.world.parked.set(
      service,
      (body.items ?? []).map(({ id }) => id),
    );
  }
}
