import path from 'node:path';
import type { Log } from '../backing/index.js';
import type { FirstStartRecord } from './first-start.js';
import { isBuilt, runScript } from './one-off.js';
import { ROOT, SERVICES, type ServiceDefinition } from './services.js';

interface FillOptions {
  people: number;
  seed: number;
  /** Absolute. */
  dataDir: string;
  log: Log;
  signal?: AbortSignal;
}

/** Fills the store of every system that has not been filled; one that was cut off is filled anew. */
export async function fillStores(
  { people, seed, dataDir, log, signal }: FillOptions,
  firstStart: FirstStartRecord,
  environment: (service: ServiceDefinition) => NodeJS.ProcessEnv,
): Promise<void> {
  const kept = new Set<string>();
  for (const service of SERVICES) {
    if (!service.system) continue;
    signal?.throwIfAborted();
    const step = `fill ${service.system}`;
    const state = await firstStart.stateOf(step);
    if (typeof state === 'object') {
      if (state.people !== people || state.seed !== seed) kept.add(`${state.people} people of seed ${state.seed}`);
      continue;
    }
    const script = path.join(ROOT, 'apps', service.name, 'dist', 'fill.js');
    if (!(await isBuilt(script)))
      throw new Error(`${service.name} is not built (${path.relative(ROOT, script)} is missing): run "npm run build"`);
    log.line(`filling the ${service.system} store with ${people} people (seed ${seed})`);
    const args = [
      '--people',
      String(people),
      '--seed',
      String(seed),
      ...(state === 'interrupted' ? ['--replace'] : []),
    ];
    await firstStart.run(step, { people, seed }, () =>
      runScript({
        name: `fill-${service.system}`,
        script,
        args,
        env: environment(service),
        dataDir,
        signal,
      }),
    );
  }
  for (const held of kept) log.line(`stores keep the ${held} of an earlier start; "npm run reset" clears them`);
}
