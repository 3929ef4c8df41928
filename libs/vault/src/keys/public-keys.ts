import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JWK } from 'jose';
import { KeyFileRefused, PublicKeyMissing } from '../vault-error.js';
import { checkName, nameOfKid, type PublicKey } from './key-directory.js';
import { replaceJson } from './key-file.js';

const fileName = (name: string): string => checkName(name).replace('/', '.');

/**
 * Public keys as files: `<name>.jwk` is the newest encryption key of a recipient (`cases.medical.jwk` for `cases/medical`),
 * `<name>.signers.jwks` every live signing key of a service. Not secret, but to be protected from being replaced.
 */
export class PublicKeyFiles {
  readonly #waiting = new Map<string, Promise<unknown>>();

  constructor(
    private readonly directory: string,
    private readonly waitMs: number,
    private readonly onWaiting: (message: string) => void,
  ) {}

  async publishRecipient(name: string, jwk: JWK): Promise<void> {
    await this.#publish(`${fileName(name)}.jwk`, jwk);
  }

  async publishSigners(name: string, keys: JWK[]): Promise<void> {
    await this.#publish(`${fileName(name)}.signers.jwks`, { keys });
  }

  async recipient(name: string): Promise<PublicKey> {
    const file = `${fileName(name)}.jwk`;
    const jwk = await this.#await<JWK>(name, file);
    return this.#checked(jwk, name, file, 'P-256');
  }

  async signers(name: string): Promise<PublicKey[]> {
    const file = `${fileName(name)}.signers.jwks`;
    const set = await this.#await<{ keys?: JWK[] }>(name, file);
    return (set.keys ?? []).map((jwk) => this.#checked(jwk, name, file, 'Ed25519')).reverse();
  }

  #checked(jwk: JWK, name: string, file: string, curve: string): PublicKey {
    if (jwk.crv !== curve || typeof jwk.kid !== 'string' || nameOfKid(jwk.kid) !== name || jwk.d !== undefined) {
      throw new KeyFileRefused(
        `${join(this.directory, file)} is no public ${curve} key of ${name}: remove it and restart ${name}, which publishes it again.`,
      );
    }
    return { kid: jwk.kid, jwk };
  }

  async #publish(file: string, content: unknown): Promise<void> {
    const present = await this.#read(file);
    if (JSON.stringify(present) === JSON.stringify(content)) return;
    await replaceJson(join(this.directory, file), content, 0o644);
  }

  async #read(file: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.directory, file), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      if (error instanceof SyntaxError) {
        throw new KeyFileRefused(`${join(this.directory, file)} is not JSON: remove it and restart its service.`);
      }
      throw error;
    }
  }

  /** One wait per file, however many callers. */
  #await<T>(name: string, file: string): Promise<T> {
    let waiting = this.#waiting.get(file);
    if (!waiting) {
      waiting = this.#poll(name, file).finally(() => this.#waiting.delete(file));
      this.#waiting.set(file, waiting);
    }
    return waiting as Promise<T>;
  }

  async #poll(name: string, file: string): Promise<unknown> {
    const deadline = performance.now() + this.waitMs;
    for (let round = 0; ; round += 1) {
      const found = await this.#read(file);
      if (found !== undefined) return found;
      const left = deadline - performance.now();
      if (left <= 0) {
        throw new PublicKeyMissing(
          name,
          `No public key of ${name} in KENRI_PUBLIC_KEYS_DIR (${join(this.directory, file)}) after ${this.waitMs} ms: start ${name} once, which publishes it, or copy the file there.`,
        );
      }
      if (round === 0) this.onWaiting(`Waiting up to ${this.waitMs} ms for the public key of ${name} (${file}).`);
      await pause(Math.min(100, left));
    }
  }
}
