import { figuresOf, persona, PERSONA_EXPECTATIONS, PERSONA_KEYS } from '@kenri/testing';
import { TrialConnector } from '../trial/trial-connector.js';
import { fillStore, type FillSource } from '../fill.js';
import type { ContractSubject } from './subject-trial.js';

export type PersonaSubject = Pick<ContractSubject, 'map' | 'schemas' | 'samples'>;

const PEOPLE = 150;
const SEED = 'personas';
const PURPOSES = ['marketing', 'third-party-provision', 'joint-use', 'ads', 'all-use'] as const;

/** Every persona of `@kenri/testing` applies: what a system's dry run yields for them, among other people. */
export function describePersonas({ map, schemas, samples }: PersonaSubject): void {
  describe(`personas in the ${map.system} store`, () => {
    let trial: TrialConnector;
    beforeAll(async () => {
      trial = await TrialConnector.open(map, schemas);
      const source: FillSource = { system: map.system, schemas, samples };
      await fillStore(trial.store, source, { people: PEOPLE, seed: SEED, replace: false });
      await trial.index();
    }, 180_000);
    afterAll(() => trial?.close(), 60_000);

    it.each(PERSONA_KEYS)('%s: the dry run is what the demo expects, and finds nobody else', async (key) => {
      const { identity } = persona(key, SEED);
      const { answer, review } = await trial.ask({
        kinds: ['disclosure', 'erasure', 'cessation-of-use'],
        identity,
        scope: { exportScopes: ['data'], purposes: [...PURPOSES] },
      });
      const provisions = await trial.ask({
        kinds: ['disclosure-of-provision-records'],
        identity,
        scope: { exportScopes: ['provision-records'] },
      });
      const figures = figuresOf(answer, review, provisions.answer.dryRun.export?.records ?? 0);
      const expected: Readonly<Record<string, unknown>> = PERSONA_EXPECTATIONS[key];
      expect(figures).toEqual(expected[map.system] ?? null);
    });
  });
}
