import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { logTo, SERVICE_NAMES } from '@kenri/local';
import { UsageFault } from '../demo-options.js';
import { TrialPlatform } from '../trial-platform.js';
import { fuzz } from './fuzz.js';
import { parseFuzzOptions, USAGE, type FuzzOptions } from './options.js';
import { reportOf } from './report.js';

const log = logTo(process.stdout);

/** Settings of the fuzz's own stack: nobody is to be refused for asking too often. */
const SETTINGS = { KENRI_PUBLIC_PER_MINUTE: '100000', LOG_LEVEL: 'info' };

async function run(options: FuzzOptions): Promise<boolean> {
  const abort = new AbortController();
  const interrupted = () => abort.abort(new Error('interrupted'));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  log.line(`seed ${options.seed}`);
  const platform = await TrialPlatform.start(options.people, { log, signal: abort.signal, settings: SETTINGS });
  try {
    const result = await fuzz(platform, options, log, abort.signal);
    log.line(`\n${reportOf(result)}`);
    if (options.json !== undefined) {
      const file = path.resolve(options.json);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
      log.line(`written to ${options.json}`);
    }
    return result.findings.length === 0;
  } finally {
    log.line('stopping the stack of the fuzz');
    await platform.stop();
  }
}

try {
  const options = parseFuzzOptions(process.argv.slice(2), SERVICE_NAMES);
  if (options === 'help') log.line(USAGE);
  else if (!(await run(options))) process.exitCode = 1;
} catch (error) {
  log.line((error as Error).message);
  process.exitCode = error instanceof UsageFault ? 2 : 1;
}
