import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { logTo } from '../backing/index.js';
import { messageOf } from '../processes/error-code.js';
import { fillStores } from '../stack/fill-stores.js';
import { FirstStartRecord } from '../stack/first-start.js';
import { wholeNumber } from '../stack/options.js';
import { environmentOf } from '../stack/services.js';
import { createTopics } from '../stack/topics.js';
import { shareTokenKeys } from './token-keys.js';

const USAGE = `prepare [--people N] [--seed S]

Runs to its end before the services of docker-compose.yml start: match token keys, topics, made-up people in the stores.
Repeating it changes nothing.

  --people N   people in each store, filled once (default 10000)
  --seed S     seed of the generated people, a whole number (default 1)

environment: KAFKA_BROKERS, MONGODB_URI, KENRI_KEYS_OF (folder with a folder of private keys for each service)`;

/** @throws Error naming what cannot be used */
function wanted(args: string[], env: NodeJS.ProcessEnv) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args, options: { people: text, seed: text, help: { type: 'boolean' } } });
  const needed = (name: string): string => {
    const value = env[name];
    if (!value && !values.help) throw new Error(`${name} is required`);
    return value ?? '';
  };
  return {
    help: values.help ?? false,
    people: wholeNumber('--people', values.people ?? '10000', 1, 1_000_000),
    seed: wholeNumber('--seed', values.seed ?? '1', 0, 2 ** 31 - 1),
    brokers: needed('KAFKA_BROKERS'),
    mongodbUri: needed('MONGODB_URI'),
    keysOf: needed('KENRI_KEYS_OF'),
  };
}

function wantedOrExit() {
  try {
    return wanted(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`prepare: ${messageOf(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

const options = wantedOrExit();
if (options.help) {
  console.log(USAGE);
} else {
  const log = logTo(process.stdout);
  const given = await shareTokenKeys(options.keysOf);
  if (given.length > 0) log.line(`match token keys: given to ${given.join(', ')}`);
  const created = await createTopics(options.brokers);
  if (created.length > 0) log.line(`Kafka: created ${created.length} topics`);
  const dataDir = tmpdir();
  const { brokers: kafkaBrokers, mongodbUri } = options;
  const around = { kafkaBrokers, mongodbUri, issuer: '', audience: '', dataDir, cacheDir: dataDir };
  const firstStart = new FirstStartRecord(mongodbUri);
  try {
    await fillStores({ ...options, dataDir, log }, firstStart, (service) =>
      environmentOf(service, 0, around, process.env),
    );
  } finally {
    await firstStart.close();
  }
  log.line('prepared');
}
