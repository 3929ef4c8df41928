import { persona } from '@kenri/testing';
import type { Log } from '@kenri/local';
import type { TrialPlatform } from '../trial-platform.js';
import { Findings, type Finding } from './findings.js';
import { HttpFuzz, type OperationCounts } from './http-fuzz.js';
import { MessagesFuzz, type MessageCounts } from './messages-fuzz.js';
import type { FuzzOptions } from './options.js';
import { Watch } from './watch.js';

export interface FuzzResult {
  seed: number;
  rounds: number;
  seconds: number;
  findings: readonly Finding[];
  http: Record<string, OperationCounts>;
  messages: Record<string, MessageCounts>;
  realRequests: number;
  looked: Watch['counts'];
}

/** Per operation, and batches of messages, in a round of a run that is limited by time. */
const ROUND = { requests: 20, batches: 4 };

/** Rounds over everything, each with the next seed, until the limit; then the looks at the whole. */
export async function fuzz(
  platform: TrialPlatform,
  options: Pick<FuzzOptions, 'limit' | 'seed' | 'areas' | 'services' | 'operation'>,
  log: Log,
  signal?: AbortSignal,
): Promise<FuzzResult> {
  const since = performance.now();
  const seconds = () => (performance.now() - since) / 1000;
  const { limit, seed, areas, services, operation } = options;
  const isOver = () => signal?.aborted === true || ('seconds' in limit && seconds() > limit.seconds);
  const findings = new Findings((line) => log.line(line));
  const watch = new Watch(platform, findings);
  const judged = [...platform.stack.services.keys()].filter((name) => services?.includes(name) ?? true);
  const http = areas.includes('http')
    ? await HttpFuzz.over(
        platform,
        findings,
        ({ service, name }) => judged.includes(service) && (operation === undefined || name.includes(operation)),
      )
    : undefined;
  let messages: MessagesFuzz | undefined;
  let rounds = 0;
  const say = setInterval(() => log.progress(progressOf(rounds, seconds(), limit, http, messages, findings)), 1000);
  try {
    if (http?.operations.length === 0) throw new Error('no operation fits --service and --operation');
    // Messages are also made from real ones: somebody must have applied.
    if (areas.includes('messages')) {
      await applied(platform);
      messages = await MessagesFuzz.over(platform, findings, judged);
    }
    do {
      const now = seed + rounds;
      await http?.round(now, 'runs' in limit ? limit.runs : ROUND.requests, isOver);
      await messages?.round(now, 'runs' in limit ? limit.runs : ROUND.batches, isOver);
      watch.look(now);
      rounds += 1;
    } while (!('runs' in limit) && !isOver() && messages?.blocked !== true);
    signal?.throwIfAborted();
    await watch.end(seed, judged);
  } finally {
    clearInterval(say);
    http?.close();
    await messages?.close();
  }
  return {
    seed,
    rounds,
    seconds: Math.round(seconds()),
    findings: findings.all,
    http: Object.fromEntries(http?.counts ?? []),
    messages: Object.fromEntries(messages?.counts ?? []),
    realRequests: messages?.realRequests ?? 0,
    looked: watch.counts,
  };
}

/** One case through all systems, so that there are messages of every common type. */
async function applied(platform: TrialPlatform): Promise<void> {
  await platform.accept(persona('taro').identity, ['disclosure', 'cessation-of-use']);
  await platform.accept(persona('sakura').identity, ['cessation-of-use']);
}

function progressOf(
  rounds: number,
  seconds: number,
  limit: FuzzOptions['limit'],
  http: HttpFuzz | undefined,
  messages: MessagesFuzz | undefined,
  findings: Findings,
): string {
  const sum = <T>(all: Iterable<T>, of: (one: T) => number) => [...all].reduce((total, one) => total + of(one), 0);
  const requests = sum(http?.counts.values() ?? [], (one) => one.requests);
  const sent = sum(messages?.counts.values() ?? [], (one) => one.sent);
  const until = 'seconds' in limit ? ` of ${limit.seconds}` : '';
  return `round ${rounds + 1}, ${Math.round(seconds)}${until} s: ${requests} requests, ${sent} messages, ${messages?.realRequests ?? 0} real applications between them, ${findings.all.length} found`;
}
