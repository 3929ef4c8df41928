import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE_NAMES, type ServiceName } from '@kenri/local';
import { eventually } from '@kenri/samples';
import type { ChaosPlatform } from '../platform/index.js';
import type { FaultProxy, Held, ProxyMode } from '../proxy/index.js';
import type { Clocks } from './clocks.js';
import { kindOf } from './kinds.js';
import { Locks } from './locks.js';
import type { Messages } from './messages.js';
import type { PlannedFault } from './plan.js';

/** What the load does on request: its people choose by what is open just then. */
export interface Disturbable {
  withdraw(count: number): number;
  hold(count: number): Promise<number>;
}

/** Topics from which Kenri heals by itself (architecture.md, Exactly-once effect 8); what business systems were told cannot be told from here. */
export const WIPED = ['dsr.requests.v1', 'dsr.plans.v1', 'dsr.answers.v1'] as const;
const CLOCK_OFF_MS = 75_000;
const BACK_WITHIN_MS = 120_000;
const WRITES_WITHIN_MS = 20_000;
/** Shorter than a request may take (4 s), long enough to be felt in every exchange. */
const SLOW_MS = 250;

/** Carries out planned faults on a platform, several at a time where they are not in each other's way. */
export class Injector {
  /** Times topics were made anew. */
  wipes = 0;
  private readonly locks = new Locks();

  constructor(
    private readonly platform: ChaosPlatform,
    private readonly clocks: Clocks,
    private readonly messages: Messages,
    private readonly load: Disturbable,
  ) {}

  /** Resolves with what happened when the fault is over and what it stopped is up again. */
  inject(fault: PlannedFault, onBegin: () => void): Promise<string> {
    return this.locks.with(this.concerns(fault), async () => {
      onBegin();
      return (await this.carryOut(fault)) ?? '';
    });
  }

  /** Nothing is disturbed any more, whatever was under way. */
  async heal(): Promise<void> {
    for (const service of SERVICE_NAMES) {
      this.platform.proxy(service, 'kafka').set('forward');
      this.platform.proxy(service, 'mongodb').set('forward');
      this.storeProxy(service)?.set('forward');
      await this.clocks.set(service, 0);
    }
  }

  /** What only one fault may hold at a time. */
  private concerns({ fault, target }: PlannedFault): string[] {
    switch (fault) {
      case 'rolling-restart':
        return ['broker', 'database', ...SERVICE_NAMES];
      case 'broker-stopped':
      case 'broker-frozen':
        return ['broker'];
      case 'topics-wiped':
        return ['broker', 'database'];
      case 'database-killed':
      case 'database-frozen':
        return ['database'];
      case 'two-relays':
        return ['broker', 'database', String(target)];
      case 'clock-ahead':
      case 'clock-behind':
        return [`clock of ${target}`];
      case 'kill':
      case 'freeze':
        return [String(target)];
      case 'kill-midway':
      case 'late-write':
        return [String(target), `connections of ${target}`];
      default:
        // A process may well die while its connections are disturbed.
        return target === undefined ? [] : [`connections of ${target}`];
    }
  }

  private async carryOut({ fault, target, ms = 0, count = 0 }: PlannedFault): Promise<string | undefined> {
    const { platform, messages, load } = this;
    const service = target ?? 'cases';
    switch (fault) {
      case 'kill':
        await platform.crash(service);
        return this.back(service);
      case 'kill-midway':
        return this.killMidway(service);
      case 'late-write':
        return this.lateWrite(service, ms);
      case 'freeze':
        await this.freeze(service, ms);
        return this.back(service);
      case 'rolling-restart':
        for (const name of SERVICE_NAMES) await platform.restart(name);
        return undefined;
      case 'two-relays':
        return this.second(service, ms);
      case 'broker-stopped':
        return platform.stopBroker(ms).then(() => undefined);
      case 'broker-frozen':
        return platform.freezeFor('broker', ms).then(() => undefined);
      case 'database-killed':
        return platform.killDatabase(ms).then(() => undefined);
      case 'database-frozen':
        return platform.freezeFor('database', ms).then(() => undefined);
      case 'kafka-half-open':
        return disturb(platform.proxy(service, 'kafka'), 'half-open', ms);
      case 'kafka-reset':
        return disturb(platform.proxy(service, 'kafka'), 'reset', ms);
      case 'kafka-slow':
        return disturb(platform.proxy(service, 'kafka'), { slowMs: SLOW_MS }, ms);
      case 'mongodb-half-open':
        return disturb(platform.proxy(service, 'mongodb'), 'half-open', ms);
      case 'mongodb-reset':
        return disturb(platform.proxy(service, 'mongodb'), 'reset', ms);
      case 'mongodb-slow':
        return disturb(platform.proxy(service, 'mongodb'), { slowMs: SLOW_MS }, ms);
      case 'store-slow':
        return disturb(this.storeProxy(service), { slowMs: 2 * SLOW_MS }, ms);
      case 'store-failing':
        return disturb(this.storeProxy(service), 'reset', ms);
      case 'duplicates':
      case 'reordered':
      case 'late':
        return `${await messages.again(fault, count)} messages`;
      case 'clock-ahead':
        return this.shiftClock(service, CLOCK_OFF_MS, ms);
      case 'clock-behind':
        return this.shiftClock(service, -CLOCK_OFF_MS, ms);
      case 'withdrawals':
        return `${load.withdraw(count)} cases`;
      case 'holds':
        return `${await load.hold(count)} records`;
      case 'topics-wiped':
        return this.wipe();
      default: {
        const { poison } = kindOf(fault);
        return poison && `on ${(await messages.poisonous(poison)).topic}`;
      }
    }
  }

  private storeProxy(service: ServiceName): FaultProxy | undefined {
    return service.startsWith('connector-') ? this.platform.proxy(service, 'store') : undefined;
  }

  /** Where the supervisor was just restarting it, there is nobody to freeze. */
  private async freeze(service: ServiceName, ms: number): Promise<void> {
    await this.back(service);
    await this.platform.freezeFor(service, ms);
  }

  private async back(service: ServiceName): Promise<undefined> {
    const address = this.platform.trial.stack.addresses[service];
    await eventually(
      `${service} answers again`,
      async () => {
        const response = await fetch(`${address}/health/live`, { signal: AbortSignal.timeout(2000) }).catch(
          () => undefined,
        );
        return response?.ok ? true : undefined;
      },
      BACK_WITHIN_MS,
    );
    return undefined;
  }

  /** The next write of a document is on its way when the service is killed, and arrives so long after it has begun to go on. */
  private async lateWrite(service: ServiceName, ms: number): Promise<string> {
    const collection = service === 'cases' ? 'cases' : service === 'intake' ? 'applications' : 'units';
    // A decision's write, not the relay's, which only empties what was published.
    const at = { command: 'update', collection, side: 'request', holding: ['writers'] } as const;
    const held = this.platform.proxy(service, 'mongodb').holdNext(at);
    const caught = await isCaught(held);
    if (caught) {
      await this.platform.crash(service);
      await this.back(service);
      await delay(ms);
    }
    held.release();
    return caught ? `a write of ${collection}` : `nothing was written within ${WRITES_WITHIN_MS / 1000} s`;
  }

  /** The store has erased a record, and its connector is killed before it hears of it. */
  private async killMidway(service: ServiceName): Promise<string> {
    const held = this.platform.proxy(service, 'store').holdNext({ command: 'delete', side: 'reply' });
    const caught = await isCaught(held);
    if (caught) await this.platform.crash(service);
    held.release();
    if (!caught) return `nothing was erased within ${WRITES_WITHIN_MS / 1000} s`;
    await this.back(service);
    return 'after a record was erased';
  }

  private async second(service: ServiceName, ms: number): Promise<undefined> {
    const another = await this.platform.trial.stack.startAnother(service);
    await delay(ms);
    await another.stop();
    return undefined;
  }

  private async shiftClock(service: ServiceName, offsetMs: number, ms: number): Promise<string> {
    await this.clocks.set(service, offsetMs);
    await delay(ms);
    await this.clocks.set(service, 0);
    return `${offsetMs / 1000} s off`;
  }

  private async wipe(): Promise<string> {
    this.messages.wiping(WIPED);
    await this.platform.wipeTopics(WIPED, () => (this.wipes += 1));
    return WIPED.join(', ');
  }
}

/** Whether a message to be held came by in time. */
const isCaught = (held: Held): Promise<boolean> =>
  Promise.race([held.reached.then(() => true), delay(WRITES_WITHIN_MS, false, { ref: false })]);

async function disturb(proxy: FaultProxy | undefined, mode: ProxyMode, ms: number): Promise<undefined> {
  if (!proxy) return undefined;
  proxy.set(mode);
  await delay(ms);
  proxy.set('forward');
  return undefined;
}
