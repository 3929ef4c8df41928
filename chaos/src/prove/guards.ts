import type { FaultName } from '../faults/kinds.js';
import type { Twist } from '../load/applicants.js';

/** A guard of the product, the smallest patch that takes it away, and the chaos that must then be noticed. */
export interface Guard {
  readonly name: string;
  /** What it is for. */
  readonly keeps: string;
  readonly file: string;
  /** Must stand in the file exactly once: when the code has changed, the proof fails and says so. */
  readonly find: string;
  readonly replace: string;
  readonly only: readonly FaultName[];
  readonly cases: number;
  readonly faults: number;
  readonly twists?: readonly Twist[];
  /** At least one of these invariants must be reported as broken. */
  readonly noticedBy: readonly string[];
}

const REPORTS = 'what cases report is what the stores saw';

export const GUARDS: readonly Guard[] = [
  {
    name: 'version guard',
    keeps: 'two writers of one document never overwrite each other',
    file: 'libs/messaging/src/fold.ts',
    find: '{ _id: draft.id, version: stored.version }',
    replace: '{ _id: draft.id }',
    only: ['late-write'],
    cases: 60,
    faults: 14,
    noticedBy: [
      'every history head that was published stands in its chain',
      'every history chain verifies',
      'every system of every case has one outcome',
      REPORTS,
    ],
  },
  {
    name: 'answer slots',
    keeps: 'a repeated answer changes nothing',
    file: 'apps/cases/src/decisions/part.ts',
    find: '=> part.slots.includes(name);',
    replace: '=> part.slots.includes(name) && name === "";',
    only: ['duplicates', 'reordered', 'late'],
    cases: 40,
    faults: 12,
    noticedBy: [REPORTS],
  },
  {
    name: 'journal',
    keeps: 'intents are durable before effects, so that counts are true whatever dies',
    file: 'libs/connector-kit/src/execute/journal.ts',
    find: 'await collection.insertMany([...chunks], { ordered: false, writeConcern: DURABLE });',
    replace: '',
    only: ['kill-midway'],
    cases: 60,
    faults: 10,
    noticedBy: [REPORTS, 'every system of every case has one outcome'],
  },
  {
    name: 'conditional writes',
    keeps: 'a record is written only if it is still what was read',
    file: 'libs/connector-kit/src/store/mongo-store.ts',
    find: "{ $and: [{ _id: write.id as never }, { $expr: { $eq: ['$$ROOT', { $literal: write.before }] } }] };",
    replace: '{ _id: write.id as never };',
    only: ['store-slow'],
    cases: 60,
    faults: 20,
    twists: ['changed-racing'],
    noticedBy: ['what the business changed meanwhile is not overwritten'],
  },
  {
    name: 'comparison with what the plan saw',
    keeps: 'a record that changed since the plan was made goes back to a person',
    file: 'libs/connector-kit/src/execute/read-documents.ts',
    find: 'known === undefined ? digest === asSeen :',
    replace: 'known === undefined ? digest.length + asSeen.length > 0 :',
    only: ['kill'],
    cases: 30,
    faults: 2,
    twists: ['changed-midway'],
    noticedBy: ['what the business changed meanwhile is not overwritten'],
  },
  {
    name: 'hold check',
    keeps: 'a record under legal hold is not erased',
    file: 'libs/connector-kit/src/retention.ts',
    find: 'if (legal && holds(legal.when, about)) {',
    replace: 'if (legal && holds(legal.when, about) && today === "") {',
    only: ['holds'],
    cases: 30,
    faults: 3,
    twists: ['held-before', 'held-midway'],
    noticedBy: ['no held record is erased'],
  },
  {
    name: 'offsets after effects',
    keeps: 'a message whose effect is not durable comes again',
    file: 'libs/messaging/src/strategy.ts',
    find: '      try {\n        await this.chunks.load(',
    replace:
      '      payload.resolveOffset(chunk.at(-1)!.offset);\n' +
      '      await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());\n' +
      '      try {\n        await this.chunks.load(',
    only: ['mongodb-reset', 'mongodb-half-open', 'kill', 'database-killed'],
    cases: 60,
    faults: 24,
    noticedBy: [
      'the applicant is told what the case says',
      'the group heard of every event, and its receipt is in the case',
      'every system of every case has one outcome',
      'every accepted request has its case',
    ],
  },
];
