import { setTimeout as delay } from 'node:timers/promises';
import type { Kind } from '@kenri/contracts';
import type { ServiceName } from '@kenri/local';
import type { BreakPoint, FaultProxy, Held } from '../proxy/index.js';
import type { ChaosPlatform } from '../platform/index.js';

/** Between which two steps a service is killed. A new kill point is a line in one of the tables. */
export interface KillPoint {
  /** What was done last, and what comes next. */
  readonly step: string;
  readonly to: 'kafka' | 'mongodb' | 'store';
  readonly at: BreakPoint;
  /** What becomes of the message at which it was killed: a request may be lost or still arrive, a reply reaches nobody. */
  readonly then: 'lost' | 'arrives';
  /** The message names its case, by which it is told from others'. An offset and a business record do not. */
  readonly ofCase?: false;
  readonly kind?: Kind;
  /** Of this topic a message must still be ahead of the group's committed offset: its effect is not durable yet. */
  readonly uncommitted?: string;
}

const mongo = (
  step: string,
  [command, collection, ...holding]: [command: string, collection: string, ...holding: string[]],
  side: BreakPoint['side'],
): KillPoint => ({
  step,
  to: 'mongodb',
  at: { command, collection, side, holding },
  then: side === 'reply' ? 'arrives' : 'lost',
});
const kafka = (
  step: string,
  [api, topic, ...holding]: [api: 'Produce' | 'OffsetCommit', topic: string, ...holding: string[]],
  side: BreakPoint['side'],
): KillPoint => ({
  step,
  to: 'kafka',
  at: { api, topic, side, holding },
  then: side === 'reply' ? 'arrives' : 'lost',
  ...(api === 'OffsetCommit' && { ofCase: false }),
});
/** A guarded write of a business record; a connector's heartbeat in the store has no such guard. */
const record = (step: string, side: BreakPoint['side'], after = 0): KillPoint => ({
  step,
  to: 'store',
  at: { command: 'update', side, holding: ['$$ROOT'], after },
  then: side === 'reply' ? 'arrives' : 'lost',
  ofCase: false,
});
const deletion = (step: string, side: BreakPoint['side'], after = 0): KillPoint => ({
  step,
  to: 'store',
  at: { command: 'delete', side, after },
  then: side === 'reply' ? 'arrives' : 'lost',
  ofCase: false,
  kind: 'erasure',
});

export const INTAKE: readonly KillPoint[] = [
  mongo('told to accept → written', ['update', 'applications'], 'request'),
  mongo('acceptance written → answered', ['update', 'applications'], 'reply'),
  kafka('acceptance written → published', ['Produce', 'dsr.requests.v1'], 'request'),
  kafka('request published → noted as published', ['Produce', 'dsr.requests.v1'], 'reply'),
  kafka('opening recorded → offset committed', ['OffsetCommit', 'dsr.cases.v1'], 'request'),
  kafka('offset committed → known', ['OffsetCommit', 'dsr.cases.v1'], 'reply'),
];

export const CASES: readonly KillPoint[] = [
  { ...mongo('request received → case written', ['insert', 'cases'], 'request'), uncommitted: 'dsr.requests.v1' },
  mongo('case written → known', ['insert', 'cases'], 'reply'),
  kafka('case written → opening published', ['Produce', 'dsr.cases.v1', 'dsr.case.opened.v1'], 'request'),
  kafka('opening published → noted as published', ['Produce', 'dsr.cases.v1', 'dsr.case.opened.v1'], 'reply'),
  kafka('case written → offset committed', ['OffsetCommit', 'dsr.requests.v1'], 'request'),
  kafka('offset committed → known', ['OffsetCommit', 'dsr.requests.v1'], 'reply'),
  {
    ...mongo('answer received → plan written', ['update', 'cases', 'dsr.plan.approved.v1'], 'request'),
    uncommitted: 'dsr.answers.v1',
  },
  mongo('plan written → known', ['update', 'cases', 'dsr.plan.approved.v1'], 'reply'),
  kafka('plan written → published', ['Produce', 'dsr.plans.v1'], 'request'),
  kafka('plan published → noted as published', ['Produce', 'dsr.plans.v1'], 'reply'),
  kafka('answer recorded → offset committed', ['OffsetCommit', 'dsr.answers.v1'], 'request'),
  mongo('plan decided → suppression registered', ['insert', 'suppressions'], 'request'),
  mongo('suppression registered → known', ['insert', 'suppressions'], 'reply'),
  kafka('suppression registered → published', ['Produce', 'dsr.suppressions.v1'], 'request'),
  kafka('suppression published → noted as published', ['Produce', 'dsr.suppressions.v1'], 'reply'),
];

export const CONNECTORS: readonly KillPoint[] = [
  {
    ...mongo('request received → found records written', ['insert', 'units'], 'request'),
    uncommitted: 'dsr.requests.v1',
  },
  mongo('found records written → known', ['insert', 'units'], 'reply'),
  kafka('found records written → published', ['Produce', 'dsr.answers.v1', 'dsr.records.located.v1'], 'request'),
  kafka('answer published → noted as published', ['Produce', 'dsr.answers.v1', 'dsr.records.located.v1'], 'reply'),
  kafka('found records written → offset committed', ['OffsetCommit', 'dsr.requests.v1'], 'request'),
  kafka('plan written → offset committed', ['OffsetCommit', 'dsr.plans.v1'], 'request'),
  kafka('offset of the plan committed → known', ['OffsetCommit', 'dsr.plans.v1'], 'reply'),
  mongo('execution begun → journal written', ['insert', 'journal'], 'request'),
  mongo('journal written → first record changed', ['insert', 'journal'], 'reply'),
  record('intent durable → first record changed', 'request'),
  record('first record changed → known', 'reply'),
  deletion('intent durable → first record deleted', 'request'),
  deletion('first record deleted → known', 'reply'),
  mongo('all records changed → result written', ['update', 'units', 'dsr.plan.executed.v1'], 'request'),
  mongo('result written → known', ['update', 'units', 'dsr.plan.executed.v1'], 'reply'),
  kafka('result written → published', ['Produce', 'dsr.answers.v1', 'dsr.plan.executed.v1'], 'request'),
  kafka('result published → noted as published', ['Produce', 'dsr.answers.v1', 'dsr.plan.executed.v1'], 'reply'),
];

const LEFT_TO_BE_DONE_WITHIN_MS = 3000;

const heldBack = (proxy: FaultProxy, { at, ofCase }: KillPoint, caseId: string): Held =>
  proxy.holdNext(ofCase === false ? at : { ...at, holding: [...(at.holding ?? []), caseId] });

/** How many messages of a topic the service's group has not committed. */
async function lag(platform: ChaosPlatform, service: ServiceName, topic: string): Promise<bigint> {
  const admin = platform.trial.kafka.admin();
  await admin.connect();
  try {
    const ends = await admin.fetchTopicOffsets(topic);
    const [committed] = await admin.fetchOffsets({ groupId: `kenri-${service}`, topics: [topic] });
    return ends.reduce((sum, { partition, high }) => {
      const offset = committed?.partitions.find((one) => one.partition === partition)?.offset ?? '-1';
      return sum + BigInt(high) - (offset === '-1' ? 0n : BigInt(offset));
    }, 0n);
  } finally {
    await admin.disconnect();
  }
}

/**
 * Kills a service with -9 at the point, settles what becomes of the message that was passing, and starts it again. Nothing else of
 * the service passes meanwhile: the proxies run in this process.
 * @returns `ready` resolves when the service is ready again; `reached` tells whether the point was met at all, waiting a moment for what a
 *   case leaves to be done when it has ended
 */
export function killAt(
  platform: ChaosPlatform,
  service: ServiceName,
  point: KillPoint,
  caseId: string,
): { ready: Promise<void>; reached: () => Promise<boolean>; giveUp: () => void } {
  const held = heldBack(platform.proxy(service, point.to), point, caseId);
  let given = false;
  const ready = held.reached.then(async () => {
    if (given) return;
    const killed = platform.kill9(service);
    await killed;
    const behind = point.uncommitted === undefined ? undefined : await lag(platform, service, point.uncommitted);
    if (point.then === 'lost') held.drop();
    else held.release();
    await platform.restart(service);
    if (behind === 0n)
      throw new Error(`${service} committed its offset of ${point.uncommitted} before the effect was durable`);
  });
  // Whoever awaits it is told; a test that failed before is not to fail a second time for it.
  ready.catch(() => undefined);
  return {
    ready,
    reached: () =>
      Promise.race([held.reached.then(() => true), delay(LEFT_TO_BE_DONE_WITHIN_MS, false, { ref: false })]),
    giveUp: () => {
      given = true;
      held.release();
    },
  };
}
