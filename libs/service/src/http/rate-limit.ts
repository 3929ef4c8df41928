import { createHash } from 'node:crypto';
import type { Connection } from 'mongoose';
import { RateLimiterMemory, RateLimiterMongo, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { Problem } from '../problems/problem.js';

export interface RateLimit {
  /** Names the counters. */
  name: string;
  points: number;
  /** Seconds in which the points may be used. */
  seconds: number;
}

const tooMany = (milliseconds: number) =>
  new Problem(
    'too-many-requests',
    { ja: 'しばらくしてからもう一度お試しください。', en: 'Try again a little later.' },
    { headers: { 'retry-after': String(Math.max(1, Math.ceil(milliseconds / 1000))) } },
  );

/** Counts by key, kept as a digest: addresses and references never stand in a store. */
export class RateLimiter {
  private constructor(
    private readonly limit: RateLimit,
    private readonly limiter: RateLimiterAbstract,
  ) {}

  /** Counted by this process alone. */
  static inMemory(limit: RateLimit): RateLimiter {
    return new RateLimiter(
      limit,
      new RateLimiterMemory({ keyPrefix: limit.name, points: limit.points, duration: limit.seconds }),
    );
  }

  /** Counted over all instances, in the service's database. */
  static shared(limit: RateLimit, connection: Connection): RateLimiter {
    const limiter = new RateLimiterMongo({
      storeClient: connection.getClient(),
      dbName: connection.name,
      tableName: 'rates',
      keyPrefix: limit.name,
      points: limit.points,
      duration: limit.seconds,
    });
    return new RateLimiter(limit, limiter);
  }

  /** Uses a point; a 429 problem when none is left. */
  async use(key: string): Promise<void> {
    try {
      await this.limiter.consume(digest(key));
    } catch (error) {
      if (error instanceof RateLimiterRes) throw tooMany(error.msBeforeNext);
      throw error;
    }
  }

  /** A 429 problem when no point is left; uses none. */
  async check(key: string): Promise<void> {
    const used = await this.limiter.get(digest(key));
    if (used && used.consumedPoints >= this.limit.points) throw tooMany(used.msBeforeNext);
  }
}

const digest = (key: string) => createHash('sha256').update(key).digest('base64url');
