import '@kenri/messaging/mended-kafkajs';
import kafkajs, { type Kafka } from 'kafkajs';

/** The measuring process's own client. */
export const kafkaOf = (brokers: string): Kafka =>
  new kafkajs.Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: kafkajs.logLevel.ERROR });
