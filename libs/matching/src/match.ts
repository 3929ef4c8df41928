// npm run --silent match < pairs.ndjson > verdicts.ndjson
import { pipeline } from 'node:stream/promises';
import { verdictLines } from './cli.js';

try {
  await pipeline(process.stdin, verdictLines, process.stdout, { end: false });
} catch (error) {
  // The reader went away (`| head`): nothing is left to do.
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) {
    console.error(`match: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
