import { mkdtemp } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

// Jest runs this file outside its own resolver: own imports end in .js, the sources in .ts.
registerHooks({
  resolve(specifier, context, next) {
    const fromSource = context.parentURL?.endsWith('.ts') && !context.parentURL.includes('/node_modules/');
    const own = fromSource && specifier.startsWith('.') && specifier.endsWith('.js');
    return next(own ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});

/** What the teardown stops; both run in Jest's own process. */
const running = globalThis as typeof globalThis & { kenriBackingServices?: () => Promise<void> };

/**
 * Finds or starts Kafka and MongoDB once for a whole Jest run, and tells the tests by KAFKA_BROKERS and MONGODB_URI. Topics
 * are not created by themselves; tests make their own, and their own databases.
 */
export default async function startForTests(): Promise<void> {
  const { startBackingServices, removeAbandonedTestData, logTo, TEST_DATA_PREFIX } =
    await import('../backing/index.js');
  const log = logTo(process.stderr);
  await removeAbandonedTestData();
  const dataDir = await mkdtemp(path.join(tmpdir(), TEST_DATA_PREFIX));
  const services = await startBackingServices({ dataDir, purpose: 'test', log });
  process.env['KAFKA_BROKERS'] = services.kafkaBrokers;
  process.env['MONGODB_URI'] = services.mongodbUri;
  running.kenriBackingServices = services.stop;
}
