import { Readable } from 'node:stream';
import {
  eventId,
  type LookupRequested,
  type RecordsLocated,
  type RequestAccepted,
  type Subject,
} from '@kenri/contracts';
import { nameFailure, classify, type AnyOutgoing, type Change, type Received } from '@kenri/messaging';
import { continueTrace, traceOf, type TraceContext } from '@kenri/telemetry';
import { openSealed, sealHeld, type Connector } from '../connector.js';
import { inPieces } from '../documents/text-pieces.js';
import { dryRun, type DryRun } from '../dry-run/dry-run.js';
import { operationsOf } from '../dry-run/outlook.js';
import { locate } from '../locate/locate.js';
import { applicantOf } from '../people.js';
import { failedAnswer } from './answers.js';
import { withArtifacts } from './collect-orphans.js';
import { backoff, shell, TIMER, type Unit } from './unit.js';

/** A round that is asked for, from whichever message. */
export interface Round extends TraceContext {
  readonly unit: Unit;
}

export const roundOfRequest = (message: Received<'dsr.request.accepted.v1'>): Round => {
  const { caseId, kinds, scope, acceptedAt, subject } = message.data satisfies RequestAccepted;
  return roundOf(message, shell(caseId, 1), { kinds, scope, requestedAt: new Date(acceptedAt) }, subject, false);
};

export const roundOfLookup = (message: Received<'dsr.lookup.requested.v1'>): Round => {
  const { caseId, round, kinds, scope, requestedAt, subject } = message.data satisfies LookupRequested;
  return roundOf(message, shell(caseId, round), { kinds, scope, requestedAt: new Date(requestedAt) }, subject, true);
};

const roundOf = (
  message: Received,
  empty: Unit,
  request: NonNullable<Unit['request']>,
  subject: RequestAccepted['subject'],
  bindSystem: boolean,
): Round => {
  const { id: messageId, type } = message;
  const trace = traceOf(message);
  const waiting = { subject, messageId, type, bindSystem, attempts: 0, ...(trace.traceparent && { trace }) };
  return { unit: { ...empty, request, waiting }, ...trace };
};

/** Tries a round again that could not be answered when its message came; still part of that message's trace. */
export async function answerWaiting(connector: Connector, unit: Unit): Promise<Change<Unit> | undefined> {
  if (!unit.waiting) return undefined;
  const { trace } = unit.waiting;
  const [change] = await continueTrace(trace, () => answersOf(connector, [{ unit, ...trace }]));
  return change;
}

/**
 * Answers a batch of rounds: located and dry-run together, the answer durable in one write per unit. A round answered before gets the
 * same answer again; one that cannot be answered now is kept and tried again by its timer, while later messages go on.
 */
export async function locateRounds(connector: Connector, rounds: readonly Round[]): Promise<void> {
  const known = await connector.units.load(rounds.map(({ unit }) => unit._id));
  const open = new Map<string, Round>();
  const repeats: Round[] = [];
  for (const round of rounds) {
    const before = known.get(round.unit._id);
    if (before?.located || before?.waiting || before?.disposedAt || open.has(round.unit._id)) repeats.push(round);
    else if (!before?.cancelled) open.set(round.unit._id, round);
  }
  const answered = open.size > 0 ? await answersOf(connector, [...open.values()]) : [];
  await connector.units.commit([
    ...answered,
    ...repeats.map((round): Change<Unit> => ({
      id: round.unit._id,
      cause: round,
      decide: (state) =>
        state?.located && !state.disposedAt ? { state, send: [answer(connector, state, state.located)] } : undefined,
    })),
  ]);
}

const answer = ({ map }: Connector, { caseId, round }: Unit, data: RecordsLocated): AnyOutgoing => ({
  id: eventId(caseId, map.system, 'located', round),
  type: 'dsr.records.located.v1',
  caseId,
  data,
});

/** The changes that answer rounds, or keep them for later. */
async function answersOf(connector: Connector, rounds: readonly Round[]): Promise<Change<Unit>[]> {
  const opened = await Promise.all(
    rounds.map(async (round) => {
      const { subject, messageId, type, bindSystem } = round.unit.waiting!;
      return { round, subject: await openSealed<Subject>(connector, subject, { id: messageId, type, bindSystem }) };
    }),
  );
  try {
    return await answerAll(connector, opened);
  } catch (error) {
    // The business store, or what the answer is sealed with, does not answer now: the rounds wait by timer, the consumer goes on.
    const reason = classify(error) === 'unavailable' ? 'store-unavailable' : 'locate-failed';
    connector.log.warn(reason, { failure: nameFailure(error), rounds: rounds.length });
    return rounds.map((round) => later(connector, round, reason));
  }
}

interface Opened {
  readonly round: Round;
  readonly subject: Subject;
}

async function answerAll(connector: Connector, opened: readonly Opened[]): Promise<Change<Unit>[]> {
  const { map, store, indexer, clock, settings } = connector;
  const requestedAt = new Date(Math.max(...opened.map(({ round }) => round.unit.request!.requestedAt.getTime())));
  const freshness = await indexer.caughtUp(requestedAt);
  if (freshness.indexedUntil === null) return opened.map(({ round }) => later(connector, round, 'index-not-built'));
  const now = clock.now();
  const requests = opened.map(({ round, subject }) => ({
    id: round.unit._id,
    applicant: applicantOf(subject.identity, map.system),
  }));
  const outcomes = await locate(requests, { ...connector, now, limits: settings.limits });
  const secretId = connector.vault.blocking.secretIds[0]!;

  const changes: Change<Unit>[] = [];
  const found: { opened: Opened; run: DryRun }[] = [];
  for (const each of opened) {
    const { unit } = each.round;
    const outcome = outcomes.get(unit._id)!;
    if ('failure' in outcome) {
      changes.push(givenUp(connector, each.round, outcome.failure));
      continue;
    }
    const asked = {
      operations: operationsOf(unit.request!.kinds),
      exportScopes: unit.request!.scope.exportScopes,
      purposes: unit.request!.scope.purposes,
      claims: each.subject.particulars.claims ?? [],
    };
    const nameOf = (what: string) => connector.vault.blockingKey(`ref\u0000${unit._id}\u0000${what}`, 'ref', secretId);
    const context = { map, store, caseId: unit.caseId, round: unit.round, now, nameOf };
    found.push({ opened: each, run: await dryRun(outcome.located, asked, context) });
  }
  const sealed = await sealHeld(
    connector,
    found.map(({ opened: { round, subject }, run }) => ({
      caseId: round.unit.caseId,
      held: { subject, manifest: run.manifest },
    })),
  );
  const reviews = await putReviews(connector, found);
  found.forEach(({ opened: { round }, run }, index) => {
    const held = sealed[index];
    if (!held) return changes.push(disposed(round, now));
    const { unit } = round;
    const located: RecordsLocated = {
      caseId: unit.caseId,
      system: map.system,
      round: unit.round,
      manifestDigest: run.digest,
      locatedAt: now.toISOString(),
      freshness,
      ...run.summary,
      review: reviews[index]!,
      recordTokens: run.certainRootIds
        .slice(0, 200)
        .map((id) => connector.vault.tokens.token('record', `${map.system}:${id}`)),
    };
    return changes.push({
      id: unit._id,
      cause: round,
      decide: (state) => {
        if (state?.located) return { state, send: [answer(connector, state, state.located)] };
        if (state?.cancelled) return undefined;
        const { waiting: _waiting, ...rest } = { ...unit, ...state };
        return {
          state: withArtifacts({ ...rest, request: unit.request!, secretId, located, ...held }),
          send: [answer(connector, unit, located)],
          timers: { cancel: [TIMER.locate] },
        };
      },
    });
  });
  return changes;
}

const SMALL = 256 * 1024;
/** A review of so many records may be small. */
const FEW = 500;

/** Reviews go to the artifact store, sealed for who may look at them; small ones in one insert. Null where nothing was found. */
async function putReviews(
  { vault, map }: Connector,
  found: readonly { opened: Opened; run: DryRun }[],
): Promise<RecordsLocated['review'][]> {
  const refs = new Array<RecordsLocated['review']>(found.length).fill(null);
  const contents = found.map(({ opened, run }, index) => ({
    index,
    review: run.review,
    content: run.review.records <= FEW ? Buffer.concat([...inPieces(run.review.text())]) : null,
    recipients: [map.reviewers],
    contentType: 'application/x-ndjson',
    caseId: opened.round.unit.caseId,
    purpose: 'review',
  }));
  const small = contents.flatMap(({ index, review, content, ...options }) =>
    !review.empty && content && content.byteLength <= SMALL ? [{ index, item: { ...options, content } }] : [],
  );
  const put = small.length > 0 ? await vault.artifacts.putMany(small.map(({ item }) => item)) : [];
  small.forEach(({ index }, position) => (refs[index] = put[position]!));
  for (const { index, review, content: _content, ...options } of contents) {
    if (review.empty || refs[index]) continue;
    refs[index] = await vault.artifacts.put(Readable.from(inPieces(review.text())), options);
  }
  return refs;
}

/** Tell `cases` only when it lasts: the first attempts fail while a store restarts. */
const TOLD_AFTER = 2;

function later(connector: Connector, round: Round, reason: string): Change<Unit> {
  return {
    id: round.unit._id,
    cause: round,
    decide: (state, { now }) => {
      if (state?.located || state?.cancelled || state?.disposedAt) return undefined;
      const waiting = state?.waiting ?? round.unit.waiting!;
      const attempts = waiting.attempts + 1;
      const at = new Date(now.getTime() + backoff(attempts));
      return {
        state: { ...round.unit, ...state, waiting: { ...waiting, attempts } },
        send:
          attempts >= TOLD_AFTER
            ? [failedAnswer(connector, round.unit, { step: 'locate', reason, attempts, now, next: at })]
            : [],
        timers: { set: [{ id: TIMER.locate, kind: 'locate', at }] },
      };
    },
  };
}

/** Trying again does not help: a person must look. A further round may ask again. */
function givenUp(connector: Connector, round: Round, reason: string): Change<Unit> {
  return {
    id: round.unit._id,
    cause: round,
    decide: (state, { now }) => {
      if (state?.located || state?.cancelled) return undefined;
      const { waiting: _waiting, ...rest } = { ...round.unit, ...state };
      const attempts = (state?.waiting?.attempts ?? 0) + 1;
      return {
        state: rest,
        send: [failedAnswer(connector, round.unit, { step: 'locate', reason, attempts, now, next: null })],
        timers: { cancel: [TIMER.locate] },
      };
    },
  };
}

/** The case's key is destroyed: what was found is dropped unseen. */
const disposed = (round: Round, now: Date): Change<Unit> => ({
  id: round.unit._id,
  decide: (state) => {
    const { waiting: _waiting, ...rest } = { ...round.unit, ...state };
    return { state: { ...rest, disposedAt: now }, timers: { cancel: [TIMER.locate] } };
  },
});
