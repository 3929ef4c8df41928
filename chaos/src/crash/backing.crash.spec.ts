import { TOPICS } from '@kenri/contracts';
import { eventually, readTopics } from '@kenri/samples';
import { setTimeout as delay } from 'node:timers/promises';
import { CrashTrial, type CaseInHand } from './crash-trial.js';

let trial: CrashTrial;
beforeAll(async () => {
  trial = await CrashTrial.start({ people: 200 });
}, 900_000);
afterAll(() => trial?.stop(), 60_000);

const WITHIN_MS = 300_000;
const cessation = (): CaseInHand => trial.open(trial.applicant('cessation-of-use'));

/** Cases accepted just before, in the middle of, and after a fault. */
async function throughout(fault: () => Promise<void>, midwayMs: number): Promise<CaseInHand[]> {
  const before = [cessation(), cessation(), trial.open(trial.applicant('erasure'))];
  await eventually('the cases are on their way', () => before.every(({ run }) => run.accepted) || undefined);
  const over = fault();
  await delay(midwayMs);
  const during = [cessation(), cessation()];
  await over;
  return [...before, ...during, cessation()];
}

async function allOnceAndRight(cases: readonly CaseInHand[]): Promise<void> {
  for (const one of cases) await one.ended();
  for (const one of cases) await trial.expectOnceAndRight(one);
}

/** What the supervisor said of services that ended by themselves since a moment, and then the errors that they had told of. */
const endedSince = (count: number): string[] => {
  const { said, lines } = trial.platform.trial;
  const ended = said.slice(count).filter((line) => /ended .* starting it again/.test(line));
  if (ended.length === 0) return [];
  const errors = lines.filter(({ line }) => !/"level":[1-4]0/.test(line)).slice(-30);
  return [...ended, ...errors.map(({ service, line }) => `${service}: ${line.slice(0, 400)}`)];
};

describe('the broker', () => {
  it(
    'stopped for a minute: every case, also those accepted meanwhile, comes out once and right',
    async () => {
      const said = trial.platform.trial.said.length;
      await allOnceAndRight(await throughout(() => trial.platform.stopBroker(60_000), 20_000));
      expect(endedSince(said)).toEqual([]);
    },
    WITHIN_MS,
  );

  it(
    'frozen for 45 s: consumers notice, join again and go on, and every case comes out once and right',
    async () => {
      const said = trial.platform.trial.said.length;
      await allOnceAndRight(await throughout(() => trial.platform.freezeFor('broker', 45_000), 15_000));
      expect(endedSince(said)).toEqual([]);
    },
    WITHIN_MS,
  );

  it(
    'killed with -9: what it acknowledged is there again, and every case comes out once and right',
    async () => {
      await allOnceAndRight(await throughout(() => trial.platform.killBroker(3000), 1000));
    },
    WITHIN_MS,
  );
});

describe('the database', () => {
  it.each([0, 600, 1500])(
    'killed with -9 %i ms after acceptance: every case comes out once and right',
    async (afterMs) => {
      await allOnceAndRight(
        await throughout(async () => {
          await delay(afterMs);
          await trial.platform.killDatabase(2000);
        }, afterMs + 500),
      );
    },
    WITHIN_MS,
  );

  it(
    'frozen for 20 s: every case comes out once and right',
    async () => {
      await allOnceAndRight(await throughout(() => trial.platform.freezeFor('database', 20_000), 5000));
    },
    WITHIN_MS,
  );
});

describe('topics deleted and made again', () => {
  const names = Object.values(TOPICS).map(({ name }) => name);

  it(
    'open cases are asked again and come out once and right, and the suppressions are published again',
    async () => {
      const { kafka } = trial.platform.trial;
      await cessation().ended();
      const earlier = await eventually('a suppression is on its topic', async () => {
        const found = (await readTopics(kafka)).filter(
          ({ topic, value }) => topic === TOPICS.suppressions.name && value,
        );
        return found.length > 0 ? new Set(found.map(({ headers }) => String(headers['ce_subject']))) : undefined;
      });
      const open = [cessation(), cessation(), trial.open(trial.applicant('erasure'))];
      await eventually('the cases are on their way', () => open.every(({ run }) => run.accepted) || undefined);
      await trial.platform.wipeTopics(names);
      await allOnceAndRight([...open, cessation()]);
      const healed = await trial.platform.trial.ask<Record<string, unknown>>(
        'sre',
        'POST',
        'cases/suppressions/reconcile',
      );
      expect(healed.status).toBe(200);
      await eventually('every earlier suppression is on its topic again', async () => {
        const now = new Set(
          (await readTopics(kafka))
            .filter(({ topic, value }) => topic === TOPICS.suppressions.name && value)
            .map(({ headers }) => String(headers['ce_subject'])),
        );
        return [...earlier].every((caseId) => now.has(caseId)) || undefined;
      });
    },
    WITHIN_MS,
  );
});

it(
  'after all of it nothing is lost, doubled, parked or touched that is somebody else’s',
  () => trial.expectNothingLeft(),
  120_000,
);
