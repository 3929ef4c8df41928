import { CrashTrial } from './crash-trial.js';
import { CASES, CONNECTORS, killAt, type KillPoint } from './kill-points.js';

/** The shortest look at it all: three services are killed in three cases, at the same time. */
const pointOf = (points: readonly KillPoint[], step: string): KillPoint => {
  const found = points.find((point) => point.step === step);
  if (!found) throw new Error(`there is no kill point "${step}"`);
  return found;
};

let trial: CrashTrial;
beforeAll(async () => {
  trial = await CrashTrial.start({ people: 60 });
}, 900_000);
afterAll(() => trial?.stop(), 60_000);

it('cases and two connectors are killed between two steps: every case comes out once and right, and nothing is left over', async () => {
  const points = [
    ['cases', pointOf(CASES, 'plan written → published'), undefined],
    ['connector-auto', pointOf(CONNECTORS, 'first record changed → known'), 'auto'],
    ['connector-flower', pointOf(CONNECTORS, 'intent durable → first record deleted'), 'flower'],
  ] as const;
  const all = points.map(([service, point, system]) => {
    let kill: ReturnType<typeof killAt> | undefined;
    const inHand = trial.open(trial.applicant(point.kind ?? 'cessation-of-use', system), (caseId) => {
      kill = killAt(trial.platform, service, point, caseId);
    });
    return { service, inHand, killed: () => kill };
  });
  for (const { inHand } of all) await inHand.ended();
  for (const { service, killed } of all)
    expect({ service, reached: await killed()?.reached() }).toEqual({ service, reached: true });
  for (const { killed } of all) await killed()?.ready;
  for (const { inHand } of all) await trial.expectOnceAndRight(inHand);
  await trial.expectNothingLeft();
}, 900_000);
