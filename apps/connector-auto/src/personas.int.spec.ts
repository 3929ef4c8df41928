import { TrialConnector } from '@kenri/connector-kit/contract-suite';
import { fillStore } from '@kenri/connector-kit';
import { figuresOf, persona, PERSONA_EXPECTATIONS, PERSONA_KEYS, samplesIn } from '@kenri/testing';
import { map } from './data-map.js';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

const PEOPLE = 150;
const PURPOSES = ['marketing', 'third-party-provision', 'joint-use', 'ads', 'all-use'] as const;

describe('personas in the auto store', () => {
  let trial: TrialConnector;
  beforeAll(async () => {
    trial = await TrialConnector.open(map, schemas);
    const source = { system: 'auto', schemas, samples: samplesIn('auto', samplesFor) };
    await fillStore(trial.store, source, { people: PEOPLE, seed: 'personas', replace: false });
    await trial.index();
  }, 180_000);
  afterAll(() => trial?.close(), 60_000);

  it.each(PERSONA_KEYS)('%s: the dry run is what the demo expects, and finds nobody else', async (key) => {
    const { identity } = persona(key, 'personas');
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
    expect(figures).toEqual(PERSONA_EXPECTATIONS[key]['auto'] ?? null);
  });
});
