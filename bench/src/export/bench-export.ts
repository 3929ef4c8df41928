import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Identity } from '@kenri/contracts';
import { startBackingServices, TEST_DATA_PREFIX } from '@kenri/local';
import { persona } from '@kenri/testing';
import { stopAll } from '../machine/stop-all.js';
import { heldOver, type ExportFigures, type Moments } from './figures.js';
import { ExportInstallation, type Part } from './installation.js';
import { OWNER, plantRecords } from './plant.js';

export type { ExportFigures } from './figures.js';

export interface ExportOptions {
  /** Of images. */
  readonly megabytes: number;
  /** Cars and images of one person. */
  readonly records: number;
  readonly seed: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

const WITHIN_MS = 30 * 60_000;
/** Some records with images, so that both processes have done the same work before, on little. */
const WARMING = 'misaki';

/**
 * One person's records and images, disclosed through the real path: request, locating, plan, export by the connector, package built by
 * `cases`. Memory of both processes is looked at all the time.
 * @throws Error where not everything that the person has is exported
 */
export async function benchExport(options: ExportOptions): Promise<ExportFigures> {
  const { megabytes, records, seed, say, signal } = options;
  const folder = await mkdtemp(path.join(tmpdir(), `${TEST_DATA_PREFIX}export-`));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const log = { line: say, progress: () => undefined };
    // Its lock on the folder says that the folder is in use.
    const backing = await startBackingServices({ dataDir: folder, purpose: 'test', log, signal });
    stops.push(backing.stop);
    const { kafkaBrokers, mongodbUri } = backing;
    let planted = { cars: 0, images: 0, bytes: 0 };
    const own = { kafkaBrokers, mongodbUri, folder, name: `bench_export_${process.pid}`, signal };
    const installation = await ExportInstallation.open(own, async (store) => {
      planted = await plantRecords(store, {
        records,
        bytes: megabytes * 1024 * 1024,
        seed,
        onProgress: telling(say, records),
      });
    });
    stops.push(() => installation.close());
    await disclose(installation, persona(WARMING).identity, () => undefined);
    say(`exporting ${planted.cars} cars and ${planted.images} images of one person`);
    const { caseId, exported, moments } = await disclose(installation, OWNER.identity, say);
    if (exported.files < planted.images || exported.records < planted.cars + planted.images)
      throw new Error(`exported ${exported.records} records and ${exported.files} files of ${records}`);
    const mb = planted.bytes / 1024 / 1024;
    const { memoryMb, phases } = heldOver(installation.samples, moments);
    return {
      ...exported,
      megabytes: mb,
      packageMegabytes: (await installation.packageBytes(caseId)) / 1024 / 1024,
      memoryMb,
      phases,
      exportedMbPerSecond: mb / phases.exporting.seconds,
      packagedMbPerSecond: mb / phases.packaging.seconds,
    };
  } finally {
    await stopAll(stops);
  }
}

interface Disclosed {
  readonly caseId: string;
  readonly exported: Part['acted']['exported'];
  readonly moments: Moments;
}

/** From the request to the package, by the staff's own HTTP calls. */
async function disclose(
  installation: ExportInstallation,
  identity: Identity,
  say: (text: string) => void,
): Promise<Disclosed> {
  const asked = Date.now();
  const { answer } = await installation.ask(identity);
  const located = Date.now();
  const { caseId } = answer;
  say(`located ${answer.records.certain} records in ${(located - asked) / 1000} s`);
  let proposed = false;
  const { acted } = await installation.until('the connector has exported', WITHIN_MS, async () => {
    const part = (await installation.shown(caseId))?.part;
    // Where a policy does not approve by itself, a case worker proposes: without erasure the plan is sent at once.
    if (part?.state === 'decided' && !proposed) {
      proposed = true;
      await installation.propose(caseId, part.decisions.etag);
    }
    return part?.state === 'executed' ? part : undefined;
  });
  const exported = Date.now();
  say(`exported ${acted.exported.records} records, ${acted.exported.files} files in ${(exported - located) / 1000} s`);
  await installation.until('the package is built', WITHIN_MS, async () =>
    (await installation.shown(caseId))?.package === 'built' ? true : undefined,
  );
  const packaged = Date.now();
  say(`packaged in ${(packaged - exported) / 1000} s`);
  return { caseId, exported: acted.exported, moments: { asked, located, exported, packaged } };
}

function telling(say: (text: string) => void, records: number): (planted: number) => void {
  let told = Date.now();
  return (planted) => {
    if (Date.now() - told < 5000) return;
    told = Date.now();
    say(`inserting records: ${planted.toLocaleString('en')} of ${records.toLocaleString('en')}`);
  };
}
