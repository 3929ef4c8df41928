import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { Vault } from '@kenri/vault';
import { Binary, MongoServerError, type Collection } from 'mongodb';
import type { Connection } from 'mongoose';
import { ulid } from 'ulid';
import { CLOCK, type Clock } from '../clock.js';

const KEPT_MS = 24 * 60 * 60 * 1000;
const LOCKED_MS = 30_000;
const DUPLICATE_KEY = 11_000;
const IV = 12;
const TAG = 16;

interface Entry {
  _id: string;
  /** Keyed digest of the body: another body under the same key is refused. */
  digest: string;
  /** The id that whatever this request creates must take, so that a repetition after a crash creates nothing anew. */
  resourceId: string;
  lockedUntil: Date;
  expireAt: Date;
  /** The answer, sealed; absent while it is not known. */
  answer?: Binary;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export type Reservation =
  | { kind: 'ours'; resourceId: string; finish(answer: Answer): Promise<void>; release(): Promise<void> }
  | { kind: 'answered'; answer: Answer }
  | { kind: 'running' }
  | { kind: 'other-body' };

/**
 * Remembers answers by Idempotency-Key for a day. An answer may hold what is shown only once (the applicant's secret), so it is
 * sealed under a key made of the client's own Idempotency-Key and the service's secret: the database alone opens nothing.
 */
@Injectable()
export class IdempotencyStore implements OnModuleInit {
  private readonly entries: Collection<Entry>;
  constructor(
    @InjectConnection() connection: Connection,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.entries = connection.getClient().db(connection.name).collection<Entry>('idempotency');
  }

  async onModuleInit(): Promise<void> {
    await this.entries.createIndex({ expireAt: 1 }, { name: 'expireAt', expireAfterSeconds: 0 });
  }

  /** Claims the key for this request, or tells what became of the request that had it first. */
  async reserve(caller: string, target: string, key: string, body: string): Promise<Reservation> {
    const earlier = await this.underEarlierSecret(caller, target, key);
    const secret = earlier ?? this.secret(caller, target, key);
    const now = this.clock.now();
    const fresh: Entry = {
      _id: idOf(secret),
      digest: createHmac('sha256', secret).update(body).digest('base64url'),
      resourceId: ulid(now.getTime()),
      lockedUntil: new Date(now.getTime() + LOCKED_MS),
      expireAt: new Date(now.getTime() + KEPT_MS),
    };
    const sealKey = secret.subarray(32);
    if (!earlier && (await this.insert(fresh))) return this.ours(fresh, sealKey);
    const found = await this.entries.findOne({ _id: fresh._id });
    if (!found || found.expireAt <= now) {
      await this.entries.deleteOne({ _id: fresh._id, expireAt: { $lte: now } });
      return this.reserve(caller, target, key, body);
    }
    if (found.digest !== fresh.digest) return { kind: 'other-body' };
    if (found.answer) return { kind: 'answered', answer: open(sealKey, found._id, found.answer) };
    // The request that had the key has failed or died: this one goes on under the same resource id.
    const { modifiedCount } = await this.entries.updateOne(
      { _id: found._id, lockedUntil: { $eq: found.lockedUntil, $lte: now }, answer: { $exists: false } },
      { $set: { lockedUntil: fresh.lockedUntil } },
    );
    return modifiedCount === 1 ? this.ours({ ...found, lockedUntil: fresh.lockedUntil }, sealKey) : { kind: 'running' };
  }

  /** What an entry's id, digest and seal are made of; without `secretId` under the newest of the service's blocking secrets. */
  private secret(caller: string, target: string, key: string, secretId?: string): Buffer {
    const keyed = this.vault.blocking.key(`${target} ${key}`, 'idempotency', secretId);
    return Buffer.from(hkdfSync('sha256', `${key} ${keyed}`, caller, target, 64));
  }

  /** Where the key was first used before the service's secret was rotated: what its entry was made of. */
  private async underEarlierSecret(caller: string, target: string, key: string): Promise<Buffer | undefined> {
    const [, ...earlier] = this.vault.blocking.secretIds;
    if (earlier.length === 0) return undefined;
    const secrets = new Map(
      earlier.map((secretId) => {
        const secret = this.secret(caller, target, key, secretId);
        return [idOf(secret), secret] as const;
      }),
    );
    const found = await this.entries.findOne(
      { _id: { $in: [...secrets.keys()] }, expireAt: { $gt: this.clock.now() } },
      { projection: { _id: 1 } },
    );
    return found ? secrets.get(found._id) : undefined;
  }

  private ours(entry: Entry, key: Buffer): Reservation {
    const mine = { _id: entry._id, lockedUntil: entry.lockedUntil };
    return {
      kind: 'ours',
      resourceId: entry.resourceId,
      finish: async (answer) => {
        await this.entries.updateOne(mine, { $set: { answer: seal(key, entry._id, answer) } });
      },
      release: async () => {
        await this.entries.updateOne(mine, { $set: { lockedUntil: this.clock.now() } });
      },
    };
  }

  private async insert(entry: Entry): Promise<boolean> {
    try {
      await this.entries.insertOne(entry);
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
      throw error;
    }
  }
}

const idOf = (secret: Buffer): string => createHmac('sha256', secret).update('id').digest('base64url');

function seal(key: Buffer, id: string, answer: Answer): Binary {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(id));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(answer)), cipher.final()]);
  return new Binary(Buffer.concat([iv, sealed, cipher.getAuthTag()]));
}

function open(key: Buffer, id: string, sealed: Binary): Answer {
  const bytes = Buffer.from(sealed.value());
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV)).setAAD(Buffer.from(id));
  decipher.setAuthTag(bytes.subarray(-TAG));
  return JSON.parse(
    Buffer.concat([decipher.update(bytes.subarray(IV, -TAG)), decipher.final()]).toString('utf8'),
  ) as Answer;
}
