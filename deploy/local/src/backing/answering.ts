import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';

/** Resolves when a Kafka broker answers at the addresses; throws what the client says otherwise. */
export async function askKafka(brokers: string, timeoutMs = 1500): Promise<number> {
  const admin = new Kafka({
    brokers: brokers.split(','),
    clientId: 'kenri-local',
    logLevel: logLevel.NOTHING,
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return cluster.brokers.length;
  } finally {
    await admin.disconnect();
  }
}

/** Resolves to what kind of MongoDB answers; throws what the driver says otherwise. */
export async function askMongo(uri: string, timeoutMs = 1500): Promise<{ changeStreams: boolean; writable: boolean }> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: timeoutMs, connectTimeoutMS: timeoutMs });
  try {
    const hello = await client.db('admin').command({ hello: 1 });
    return {
      changeStreams: hello['setName'] !== undefined || hello['msg'] === 'isdbgrid',
      writable: hello['isWritablePrimary'] === true,
    };
  } finally {
    await client.close();
  }
}

/**
 * Makes a fresh `mongod --replSet` the only member of its set, and waits until it takes writes: change streams need a
 * replica set. Does nothing to one that is a member already.
 * @param memberHost how the server reaches itself, `host:port`
 * @returns whether it takes writes now
 */
export async function beReplicaSetOfOne(uri: string, memberHost: string, timeoutMs = 1500): Promise<boolean> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: timeoutMs, connectTimeoutMS: timeoutMs });
  try {
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello['isWritablePrimary'] === true && hello['setName'] !== undefined) return true;
    if (hello['setName'] === undefined) {
      await client.db('admin').command({
        replSetInitiate: { _id: 'kenri', members: [{ _id: 0, host: memberHost }] },
      });
    }
    return false;
  } finally {
    await client.close();
  }
}
