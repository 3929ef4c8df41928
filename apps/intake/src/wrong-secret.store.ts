import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { RateLimiter } from '@kenri/service';
import type { Connection } from 'mongoose';

/** Wrong secrets per reference and quarter of an hour, over all instances; references that do not exist count the same. */
const WRONG_SECRETS = { name: 'wrong-secret', points: 10, seconds: 900 };

@Injectable()
export class WrongSecretStore {
  private readonly limiter: RateLimiter;
  constructor(@InjectConnection() connection: Connection) {
    this.limiter = RateLimiter.shared(WRONG_SECRETS, connection);
  }

  /** A 429 problem after too many wrong secrets. */
  refuseMany(reference: string): Promise<void> {
    return this.limiter.check(reference);
  }

  count(reference: string): Promise<void> {
    return this.limiter.use(reference);
  }
}
