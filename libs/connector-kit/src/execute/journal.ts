import type { Vault } from '@kenri/vault';
import type { Db } from 'mongodb';
export class Journal {
  constructor(
    readonly database: Db,
    readonly vault: Vault,
  ) {}
  async ensureIndexes(): Promise<void> {}
}
