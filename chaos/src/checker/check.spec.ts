import { BSON, ObjectId } from 'mongodb';
import { planCases } from '../load/applicants.js';
import { begin, type CaseRun } from '../load/case-run.js';
import type { DocumentKey } from '../load/stores.js';
import type { Effect } from '../observer/store-observer.js';
import { checkInvariants, isBroken } from './check.js';
import type { Evidence, FinalCase } from './evidence.js';

const SYSTEMS = ['auto', 'brand-item', 'flower', 'medical', 'motorcycle'];
const [planned] = planCases({ seed: 5, cases: 1, people: 40, twists: ['held-before'] });
const applicant = planned!;
const own = applicant.own[0]!;
const strangers: DocumentKey = 'auto/consignors/0123456789abcdef01234567';
const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const bytes = (content: object) => Buffer.from(BSON.serialize({ _id: new ObjectId(), ...content }));
const [system] = own.split('/') as [string];
const deletion: Effect = { op: 'delete', set: {}, removed: [] };
const update = (set: Effect['set'] = { x: 1 }): Effect => ({ op: 'update', set, removed: [] });

function theCase(change: Partial<FinalCase> = {}): FinalCase {
  const part = (name: string) => ({
    system: name,
    state: name === system ? 'executed' : 'nothing-found',
    round: 1,
    blockers: [],
    results:
      name === system
        ? [{ round: 1, operations: ['erase'], done: { erase: { deleted: 1, personRemoved: 0, fieldsRemoved: 0 } } }]
        : [],
  });
  return {
    caseId: id,
    reference: 'K-2026-AAAAAA',
    state: 'closed',
    outcome: 'carried-out',
    kinds: ['erasure'],
    package: { state: 'none' },
    suppression: null,
    question: null,
    events: [{ id: 'e', type: 'erased', receipts: [{ subscriber: 'ais', outcome: 'done' }] }],
    systems: Object.fromEntries(SYSTEMS.map((name) => [name, part(name)])),
    ...change,
  } as unknown as FinalCase;
}

/** A run in which one record of one applicant was erased, and all is well. */
function sound(change: Partial<Evidence> = {}): Evidence {
  const run: CaseRun = { ...begin(applicant), id, reference: 'K-2026-AAAAAA', accepted: true, atRest: true };

  return {
    runs: [run],
    cases: new Map([[id, theCase()]]),
    told: new Map([[id, { state: 'closed', outcome: 'carried-out' }]]),
    before: new Map([
      [own, bytes({ name: 'x' })],
      [strangers, stranger],
    ]),
    after: new Map([[strangers, stranger]]),
    effects: new Map([[own, [deletion]]]),
    business: [],
    poison: [],
    parked: [],
    subscriber: 'ais',
    outboxes: [],
    overdueTimers: [],
    documentsLookedAt: 10,
    lag: 0n,
    messages: 30n,
    history: { cases: 1, altered: [], alterationCaught: true },
    sightings: [],
    searched: { logs: 1, traces: 1, topics: 1, databases: 1 },
    openEvery: 1,
    publishedHeads: new Map([[id, new Set(['a'])]]),
    traffic: { whereLost: () => 'never published' },
    chains: new Map([[id, new Set(['a', 'b'])]]),
    ...change,
  };
}
const brokenIn = (evidence: Evidence) =>
  checkInvariants(evidence)
    .filter(isBroken)
    .map(({ invariant }) => invariant);
const held = {
  kind: 'hold',
  key: own,
  caseNumber: 1,
  path: 'legalHold',
  value: true,
  seenRound: null,
  before: { name: '某' },
} as const;
const change = { ...held, kind: 'change', path: 'remarks', value: '業務変更', seenRound: 1 } as const;
const left = bytes({ name: '某' });
const stranger = bytes({ name: '見知らぬ人' });

describe('the checker', () => {
  test('finds nothing where nothing is wrong', () => expect(brokenIn(sound())).toEqual([]));

  test.each<[string, Partial<Evidence>, string]>([
    ['a case that never opened', { cases: new Map() }, 'every accepted request has its case'],
    [
      'a system that never answered',
      {
        cases: new Map([
          [
            id,
            theCase({ systems: { ...theCase().systems, auto: { ...theCase().systems['auto']!, state: 'awaiting' } } }),
          ],
        ]),
      },
      'every system of every case has one outcome',
    ],
    ['a record deleted twice', { effects: new Map([[own, [deletion, deletion]]]) }, 'every effect is applied once'],
    [
      'a record updated more often than its plan says',
      { effects: new Map([[own, [update(), update(), update(), deletion]]]) },
      'every effect is applied once',
    ],
    [
      'a report that is not true',
      { effects: new Map(), before: new Map(), after: new Map() },
      'what cases report is what the stores saw',
    ],
    [
      'another person’s record changed',
      {
        effects: new Map([
          [own, [deletion]],
          [strangers, [update()]],
        ]),
      },
      'records of other people are byte for byte as they were',
    ],
    [
      'a record changed past the observer',
      { after: new Map([[strangers, bytes({ name: '別人' })]]) },
      'records of other people are byte for byte as they were',
    ],
    ['a held record erased', { business: [held] }, 'no held record is erased'],
    [
      'a change of the business overwritten on an old look',
      { business: [change], effects: new Map([[own, [update({ remarks: '業務変更' }), deletion]]]) },
      'what the business changed meanwhile is not overwritten',
    ],
    ['an outbox that was never emptied', { outboxes: ['kenri_cases.cases x'] }, 'outboxes are empty'],
    ['a timer nobody fired', { overdueTimers: ['kenri_cases.cases x'] }, 'no timer is overdue'],
    ['messages that nobody read', { lag: 2n }, 'every message was handled'],
    [
      'poison that vanished',
      { poison: [{ id: 'a:chaos:poison:1', poison: 'tombstone', topic: 'dsr.answers.v1', wiped: false }] },
      'every poison is parked',
    ],
    [
      'a good message parked',
      { parked: [{ service: 'cases', id: 'g/t/0/1', reason: 'handler-failed', ceId: 'b' }] },
      'nothing else is parked',
    ],
    [
      'a step that was overwritten',
      { chains: new Map([[id, new Set(['b'])]]) },
      'every history head that was published stands in its chain',
    ],
    [
      'a history that was altered',
      { history: { cases: 1, altered: [id], alterationCaught: true } },
      'every history chain verifies',
    ],
    [
      'an alteration that nobody noticed',
      { history: { cases: 1, altered: [], alterationCaught: false } },
      'a deliberate alteration is caught',
    ],
    [
      'an applicant told something else',
      { told: new Map([[id, { state: 'executing' }]]) },
      'the applicant is told what the case says',
    ],
    [
      'a receipt that was lost',
      { cases: new Map([[id, theCase({ events: [{ id: 'e', type: 'erased', receipts: [] }] })]]) },
      'the group heard of every event, and its receipt is in the case',
    ],
  ])('notices %s', (_what, wrong, invariant) => expect(brokenIn(sound(wrong))).toContain(invariant));

  test('notices what an erasure left of the person', () => {
    const { person } = applicant;
    const named = bytes({ name: `${person.familyName.kanji} ${person.givenName.kanji}` });
    expect(
      brokenIn(sound({ after: new Map([...sound().after, [own, named]]), effects: new Map([[own, [update()]]]) })),
    ).toContain('what was erased is gone');
  });

  test('lets a record under hold be marked, and a business change be seen by a further round', () => {
    const stays = new Map([...sound().after, [own, left]]);
    expect(
      brokenIn(
        sound({ business: [held], after: stays, effects: new Map([[own, [update({ legalHold: true }), update()]]]) }),
      ),
    ).toEqual(['what cases report is what the stores saw']);
    const again = theCase();
    const further = { ...again.systems[system]!, round: 2 };
    const cases = new Map([[id, theCase({ systems: { ...again.systems, [system]: further } })]]);
    const effects = new Map([[own, [update({ remarks: '業務変更' }), deletion]]]);
    expect(brokenIn(sound({ business: [change], cases, effects }))).toEqual([]);
  });

  test('notices personal data, and that nothing was searched', () => {
    const verdict = (wrong: Partial<Evidence>) =>
      checkInvariants(sound(wrong)).find(({ invariant }) => invariant.startsWith('no personal'));
    expect(verdict({ sightings: ['logs, cases: name of applicant 1'] })?.broken).toHaveLength(1);
    expect(verdict({ searched: { logs: 0 } })?.broken).toEqual(['logs: there was nothing to search']);
  });
});
