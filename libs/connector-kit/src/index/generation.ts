import { BLOCKING_VERSION } from '@kenri/matching';
import type { Vault } from '@kenri/vault';

/** Changes when the kit itself puts other values under index keys (mention terms). */
const KIT_VERSION = 2;

/** Under which matching version and secret keys were made. A new generation re-indexes; the old one serves until that is done. */
export interface Generation {
  readonly version: string;
  readonly secretId: string;
}

export const generationName = ({ version, secretId }: Generation): string => `${version}/${secretId}`;

export function parseGeneration(name: string): Generation {
  const [version = '', secretId = ''] = name.split('/');
  return { version, secretId };
}

/** Turns index values into keys: keyed hashes that only this connector can make (architecture.md, Finding people fast). */
export class IndexKeys {
  constructor(
    private readonly vault: Pick<Vault, 'blockingKey' | 'blocking'>,
    /** Of the values under the keys. */
    private readonly version = `${BLOCKING_VERSION}.${KIT_VERSION}`,
  ) {}

  get current(): Generation {
    return { version: this.version, secretId: this.vault.blocking.secretIds[0]! };
  }

  blocking(values: readonly string[], generation: Generation): string[] {
    return this.keys(values, 'b', generation);
  }

  mentions(terms: readonly string[], generation: Generation): string[] {
    return this.keys(terms, 'm', generation);
  }

  /** False once the secret of a generation was removed: its keys can no longer be made, so they no longer serve. */
  knows({ secretId }: Generation): boolean {
    return this.vault.blocking.secretIds.includes(secretId);
  }

  /** Whether everything under a generation's keys can be asked for: its secret is here, and its values are those made here. */
  makes(name: string): boolean {
    const generation = parseGeneration(name);
    return this.knows(generation) && generation.version === this.version;
  }

  private keys(values: readonly string[], kind: string, { version, secretId }: Generation): string[] {
    return [...new Set(values)].map((value) => this.vault.blockingKey(`${kind}\u0000${value}`, version, secretId));
  }
}
