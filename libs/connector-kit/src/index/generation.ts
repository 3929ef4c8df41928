import { BLOCKING_VERSION } from '@kenri/matching';
import type { Vault } from '@kenri/vault';

/** Changes when the kit itself puts other values under index keys (mention terms). */
const KIT_VERSION = 1;

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
  constructor(private readonly vault: Pick<Vault, 'blockingKey' | 'blocking'>) {}

  get current(): Generation {
    return { version: `${BLOCKING_VERSION}.${KIT_VERSION}`, secretId: this.vault.blocking.secretIds[0]! };
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

  private keys(values: readonly string[], kind: string, { version, secretId }: Generation): string[] {
    return [...new Set(values)].map((value) => this.vault.blockingKey(`${kind}\u0000${value}`, version, secretId));
  }
}
