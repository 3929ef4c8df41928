import { awaitOutcome } from '../processes/await-outcome.js';
import { askKafka, askMongo } from './answering.js';
import type { Candidate } from './candidates.js';

const probeSetting =
  (setting: string): Candidate['probe'] =>
  async ({ env }) =>
    env[setting] ? { usable: true, detail: `${setting} is set` } : { usable: false, detail: `${setting} is not set` };

export const kafkaByEnvironment: Candidate = {
  name: 'environment',
  probe: probeSetting('KAFKA_BROKERS'),
  async start({ env }) {
    const address = env['KAFKA_BROKERS'] ?? '';
    if (!/^[^\s,:/]+:\d+(,[^\s,:/]+:\d+)*$/.test(address)) {
      throw new Error('KAFKA_BROKERS is not of the form host:port[,host:port…]');
    }
    await awaitOutcome(`Kafka named by KAFKA_BROKERS (${address})`, () => askKafka(address, 3000), {
      withinMs: 10_000,
    });
    return { address, stop: () => Promise.resolve() };
  },
};

export const mongodbByEnvironment: Candidate = {
  name: 'environment',
  probe: probeSetting('MONGODB_URI'),
  async start({ env, log }) {
    const address = env['MONGODB_URI'] ?? '';
    if (!/^mongodb(\+srv)?:\/\//.test(address)) {
      throw new Error('MONGODB_URI does not begin with mongodb:// or mongodb+srv://');
    }
    const found = await awaitOutcome('MongoDB named by MONGODB_URI', () => askMongo(address, 3000), {
      withinMs: 10_000,
    });
    if (!found.changeStreams) {
      log.line(
        'MONGODB_URI names a standalone server: it has no change streams, so indexes are kept fresh by sweeps only',
      );
    }
    return { address, stop: () => Promise.resolve() };
  },
};
