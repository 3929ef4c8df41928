import type { ServiceName } from '@kenri/local';
import { SYSTEMS } from '@kenri/testing';
import { CrashTrial } from './crash-trial.js';
import { CASES, CONNECTORS, INTAKE, killAt, type KillPoint } from './kill-points.js';

let trial: CrashTrial;
beforeAll(async () => {
  trial = await CrashTrial.start({ people: 220 });
}, 900_000);
afterAll(() => trial?.stop(), 60_000);

const WITHIN_MS = 300_000;

/** Applicants of whom nothing is left to change, since their records hold the wish already, never come to some of the points. */
const TRIES = 4;

async function killEach(services: readonly ServiceName[], point: KillPoint): Promise<void> {
  let missed = services;
  for (let tries = 0; missed.length > 0 && tries < TRIES; tries += 1) missed = await killOnce(missed, point);
  expect(missed).toEqual([]);
}

/** One case per service to be killed; each service meets the point in its own case. @returns the services that did not come to it */
async function killOnce(services: readonly ServiceName[], point: KillPoint): Promise<ServiceName[]> {
  const all = services.map((service) => {
    const system = SYSTEMS.find((name) => service === `connector-${name}`);
    let kill: ReturnType<typeof killAt> | undefined;
    const inHand = trial.open(trial.applicant(point.kind ?? 'cessation-of-use', system), (caseId) => {
      kill = killAt(trial.platform, service, point, caseId);
    });
    return { service, inHand, killed: () => kill };
  });
  for (const { inHand } of all) await inHand.ended();
  const reached = await Promise.all(all.map(({ killed }) => killed()?.reached() ?? Promise.resolve(false)));
  const missed = all.filter((_, index) => !reached[index]).map(({ service }) => service);
  for (const { service, killed } of all) if (missed.includes(service)) killed()?.giveUp();
  for (const { service, inHand, killed } of all) {
    if (missed.includes(service)) continue;
    await killed()?.ready;
    await trial.expectOnceAndRight(inHand);
  }
  return missed;
}

describe('intake is killed, and the case comes out once and right', () => {
  it.each(INTAKE)('$step ($then)', (point) => killEach(['intake'], point), WITHIN_MS);
});

describe('cases is killed, and the case comes out once and right', () => {
  it.each(CASES)('$step ($then)', (point) => killEach(['cases'], point), WITHIN_MS);
});

describe('every connector is killed, and the cases come out once and right', () => {
  const services = SYSTEMS.map((system) => `connector-${system}` as const);
  it.each(CONNECTORS)('$step ($then)', (point) => killEach(services, point), WITHIN_MS);
});

it(
  'after all of it nothing is lost, doubled, parked or touched that is somebody else’s',
  () => trial.expectNothingLeft(),
  120_000,
);
