import { logTo, startBackingServices } from './backing/index.js';
import { backingOnlyDirOf, dataDirOf, makeDataDir } from './data-dir.js';
import { messageOf } from './processes/error-code.js';
import { requireSupportedNode } from './supported-node.js';

const log = logTo(process.stdout);

/** `npm run backing`: Kafka and MongoDB alone, for working on one service; in a folder of their own beside the stack's. */
try {
  requireSupportedNode();
  const dataDir = backingOnlyDirOf(dataDirOf(process.env));
  const abort = new AbortController();
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        abort.abort(new Error('stopped while starting'));
        resolve();
      });
    }
  });
  await makeDataDir(dataDirOf(process.env));
  const services = await startBackingServices({ dataDir, purpose: 'run', log, signal: abort.signal });
  log.line(`export KAFKA_BROKERS='${services.kafkaBrokers}' MONGODB_URI='${services.mongodbUri}'`);
  await asked;
  await services.stop();
  log.line('stopped');
} catch (error) {
  log.line(messageOf(error));
  process.exit(1);
}
