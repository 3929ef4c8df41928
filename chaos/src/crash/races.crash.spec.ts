import { SERVICE_NAMES } from '@kenri/local';
import { eventually } from '@kenri/samples';
import { SYSTEMS } from '@kenri/testing';
import { CrashTrial, type CaseInHand } from './crash-trial.js';
import { CASES, killAt } from './kill-points.js';

let trial: CrashTrial;
beforeAll(async () => {
  trial = await CrashTrial.start({ people: 250 });
}, 900_000);
afterAll(() => trial?.stop(), 60_000);

const WITHIN_MS = 300_000;
const cessation = (): CaseInHand => trial.open(trial.applicant('cessation-of-use'));
const several = (count: number): CaseInHand[] => Array.from({ length: count }, cessation);

describe('two instances of cases', () => {
  it(
    'both relay the same outboxes, and nothing is published twice or out of order',
    async () => {
      const second = await trial.platform.trial.stack.startAnother('cases');
      try {
        const all = several(8);
        for (const one of all) await one.ended();
        for (const one of all) await trial.expectOnceAndRight(one);
        for (const one of all) {
          const sent = (await trial.messagesOf(one)).filter(
            ({ headers }) => String(headers['ce_source']) === '/kenri/cases',
          );
          const ids = sent.map(({ headers, key }) => `${String(headers['ce_id'])} ${String(key)}`);
          expect(ids.length).toBeGreaterThan(SYSTEMS.length);
          expect(new Set(ids).size).toBe(ids.length);
          const revisions = sent
            .filter(({ topic }) => topic === 'dsr.cases.v1')
            .map(({ value }) => (JSON.parse(String(value)) as { revision?: number }).revision ?? 0);
          expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
        }
      } finally {
        await second.stop();
      }
    },
    WITHIN_MS,
  );
});

describe('two instances of a connector', () => {
  it(
    'the one that leads the index is killed: the other takes over, the index stays fresh, and cases come out once',
    async () => {
      const { stack, mongo } = trial.platform.trial;
      const leader = async () =>
        (
          await mongo
            .db('kenri_connector_auto')
            .collection<{ _id: string; lease?: { by: string; until: Date } }>('index_state')
            .findOne({ _id: 'state' })
        )?.lease;
      const first = (await leader())?.by;
      const second = await stack.startAnother('connector-auto');
      try {
        const inHand = trial.open(trial.applicant('cessation-of-use', 'auto'));
        await trial.platform.kill9('connector-auto');
        await eventually('another instance leads the index', async () => {
          const now = await leader();
          return (now && now.by !== first && now.until > new Date()) || undefined;
        });
        await inHand.ended();
        await trial.expectOnceAndRight(inHand);
        const later = trial.open(trial.applicant('cessation-of-use', 'auto'));
        await later.ended();
        await trial.expectOnceAndRight(later);
      } finally {
        await trial.platform.restart('connector-auto');
        await second.stop();
      }
    },
    WITHIN_MS,
  );
});

describe('a withdrawal that races execution', () => {
  it.each([0, 1000, 1800, 2400, 3000, 4000])(
    '%i ms after acceptance: each system either carried out its plan once or never touched a record',
    async (afterMs) => {
      const inHand = trial.open(trial.applicant('cessation-of-use'));
      await eventually('the request is accepted', () => inHand.run.accepted || undefined);
      const due = setTimeout(() => inHand.flow.withdraw(), afterMs);
      await inHand.ended().finally(() => clearTimeout(due));
      const { seen, planned } = inHand.run;
      expect(['withdrawn', 'carried-out', 'partly-carried-out']).toContain(seen?.outcome);
      const effects = await trial.effectsOf(inHand);
      for (const part of Object.values(seen?.systems ?? {})) {
        const here = effects.filter(([key]) => key.startsWith(`${part.system}/`));
        expect(here.filter(([, found]) => found.length > 1)).toEqual([]);
        expect({ system: part.system, state: part.state, effects: here.length }).toEqual({
          system: part.system,
          state: part.state,
          effects: part.state === 'executed' ? part.acted.suppressed.records : 0,
        });
      }
      expect(planned.own.length).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );
});

it(
  'a rolling restart of every service while cases flow: all come out once and right',
  async () => {
    const all = several(3);
    for (const service of SERVICE_NAMES) {
      all.push(cessation());
      await trial.platform.restart(service);
    }
    for (const one of all) await one.ended();
    for (const one of all) await trial.expectOnceAndRight(one);
  },
  WITHIN_MS,
);

it(
  'what only the sweep publishes, after a kill, still belongs to the trace of its request',
  async () => {
    const point = CASES.find(({ step }) => step === 'case written → opening published');
    if (!point) throw new Error('the kill point has another name now');
    let kill: ReturnType<typeof killAt> | undefined;
    const inHand = trial.open(trial.applicant('cessation-of-use'), (caseId) => {
      kill = killAt(trial.platform, 'cases', point, caseId);
    });
    await inHand.ended();
    expect(await kill?.reached()).toBe(true);
    await kill?.ready;
    const messages = await trial.messagesOf(inHand);
    const traceOf = (type: string) => {
      const found = messages.find(({ headers }) => String(headers['ce_type']) === type);
      return String(found?.headers['traceparent']).split('-')[1] ?? '';
    };
    const requested = traceOf('dsr.request.accepted.v1');
    expect(requested).toMatch(/^[0-9a-f]{32}$/);
    expect(traceOf('dsr.case.opened.v1')).toBe(requested);
    await eventually(
      'intake has recorded the opening under the trace of the request',
      () =>
        trial.platform.trial.traces.spans.some(
          ({ traceId, service, name }) =>
            traceId === requested && service === 'intake' && name === 'process dsr.case.opened.v1',
        ) || undefined,
    );
    await trial.expectOnceAndRight(inHand);
  },
  WITHIN_MS,
);

it(
  'after all of it nothing is lost, doubled, parked or touched that is somebody else’s',
  () => trial.expectNothingLeft(),
  120_000,
);
