import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createSecretKey,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compactDecrypt } from 'jose';
import type { Clock } from '../clock.js';
import { KeyFileRefused, SealRefused } from '../vault-error.js';
import {
  checkName,
  nameOfKid,
  type KeyDirectory,
  type PublicKey,
  type SecretKey,
  type TokenKeys,
  type WrappedKey,
} from './key-directory.js';
import {
  createPrivateJson,
  newEncryptionKey,
  newSecret,
  newSigningKey,
  publicJwk,
  readPrivateJson,
  type KeyFile,
  type SecretEntry,
  type TokenKeyFile,
} from './key-file.js';
import { PublicKeyFiles } from './public-keys.js';

export interface FileKeyDirectoryOptions {
  service: string;
  /** KENRI_KEYS_DIR: `<service>.json` and `tokens.json`, mode 0600. */
  keysDir: string;
  /** KENRI_PUBLIC_KEYS_DIR: what services tell each other. */
  publicKeysDir: string;
  clock: Clock;
  /** Recipient names beside the service's own; `cases` also opens as `cases/medical`. */
  extraNames?: readonly string[];
  /** Whether the service has a signing key; by default only `cases`. */
  signs?: boolean;
  /** How long to wait for another service's public key, in milliseconds. */
  waitMs?: number;
  /** Told when a wait begins: one line without personal data. */
  onWaiting?: (message: string) => void;
}

/** Keys in files: the embedded default behind `KeyDirectory`. */
export class FileKeyDirectory implements KeyDirectory {
  readonly service: string;
  readonly names: readonly string[];
  readonly #path: string;
  readonly #public: PublicKeyFiles;
  #keys!: KeyFile;
  #tokens!: TokenKeys;
  #masters: readonly SecretKey[] = [];
  #blocking: readonly SecretKey[] = [];
  #loadedAt: number | undefined;
  #private = new Map<string, KeyObject>();

  private constructor(private readonly options: FileKeyDirectoryOptions) {
    this.service = checkName(options.service);
    const extra = options.extraNames ?? (this.service === 'cases' ? ['cases/medical'] : []);
    this.names = [this.service, ...extra].map(checkName);
    this.#path = join(options.keysDir, `${this.service}.json`);
    this.#public = new PublicKeyFiles(options.publicKeysDir, options.waitMs ?? 5000, options.onWaiting ?? (() => {}));
  }

  /** Loads the service's keys, making them at its first start, and publishes the public halves. */
  static async open(options: FileKeyDirectoryOptions): Promise<FileKeyDirectory> {
    for (const [setting, value] of [
      ['KENRI_KEYS_DIR', options.keysDir],
      ['KENRI_PUBLIC_KEYS_DIR', options.publicKeysDir],
    ] as const) {
      if (!value) throw new KeyFileRefused(`${setting} must name a directory.`);
    }
    const directory = new FileKeyDirectory(options);
    await directory.#load();
    await directory.#publish();
    return directory;
  }

  async recipientKey(name: string): Promise<PublicKey> {
    return this.#public.recipient(name);
  }

  async openEpochKey(kid: string, ek: string): Promise<KeyObject> {
    const key = await this.#privateKey(kid);
    let plaintext: Uint8Array;
    try {
      ({ plaintext } = await compactDecrypt(ek, key, {
        keyManagementAlgorithms: ['ECDH-ES+A256KW'],
        contentEncryptionAlgorithms: ['A256GCM'],
      }));
    } catch {
      throw new SealRefused('tampered', `The epoch key for ${kid} cannot be opened.`);
    }
    if (plaintext.length !== 32) throw new SealRefused('malformed', `The epoch key for ${kid} is not 32 bytes long.`);
    return createSecretKey(plaintext);
  }

  signingKey(): { kid: string; sign(bytes: Uint8Array): Promise<Uint8Array> } | undefined {
    const newest = this.#keys.signing.at(-1);
    if (!newest) return undefined;
    const key = this.#keyObject(newest.kid);
    return { kid: newest.kid, sign: async (bytes) => sign(null, bytes, key) };
  }

  async verificationKeys(signer: string): Promise<readonly PublicKey[]> {
    return this.#public.signers(signer);
  }

  get masterKeyId(): string {
    return this.#keys.master.at(-1)!.id;
  }

  async wrapDataKey(key: KeyObject, context: string): Promise<WrappedKey> {
    const masterId = this.masterKeyId;
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', await this.#master(masterId), iv);
    cipher.setAAD(Buffer.from(context, 'utf8'));
    const bytes = Buffer.concat([iv, cipher.update(key.export()), cipher.final(), cipher.getAuthTag()]);
    return { masterId, bytes };
  }

  async unwrapDataKey({ masterId, bytes }: WrappedKey, context: string): Promise<KeyObject> {
    const master = await this.#master(masterId);
    try {
      if (bytes.length !== 60) throw new RangeError('length');
      const decipher = createDecipheriv('aes-256-gcm', master, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(context, 'utf8'));
      decipher.setAuthTag(bytes.subarray(44));
      return createSecretKey(Buffer.concat([decipher.update(bytes.subarray(12, 44)), decipher.final()]));
    } catch {
      throw new SealRefused('tampered', `The data key of ${context} was altered, or moved from another owner.`);
    }
  }

  blockingSecrets(): readonly SecretKey[] {
    return this.#blocking;
  }

  tokenKeys(): TokenKeys {
    return this.#tokens;
  }

  async #load(): Promise<void> {
    const { clock } = this.options;
    let loadedAt = await modifiedAt(this.#path);
    let keys = await readPrivateJson<KeyFile>(this.#path);
    if (!keys) {
      await createPrivateJson(this.#path, await this.#firstKeys());
      loadedAt = await modifiedAt(this.#path);
      keys = await readPrivateJson<KeyFile>(this.#path);
    }
    this.#keys = checkKeyFile(keys, this.#path, this.service, this.names);
    this.#private = new Map();
    this.#masters = this.#keys.master.map(secret);
    this.#blocking = this.#keys.blocking.map(secret).reverse();
    this.#loadedAt = loadedAt;

    const tokensPath = join(this.options.keysDir, 'tokens.json');
    let tokens = await readPrivateJson<TokenKeyFile>(tokensPath);
    if (!tokens) {
      const first: TokenKeyFile = { version: 1, current: 'k1', keys: { k1: newSecret('k1', clock.now()).key } };
      await createPrivateJson(tokensPath, first);
      tokens = await readPrivateJson<TokenKeyFile>(tokensPath);
    }
    this.#tokens = checkTokenKeys(tokens, tokensPath);
  }

  async #firstKeys(): Promise<KeyFile> {
    const now = this.options.clock.now();
    const signs = this.options.signs ?? this.service === 'cases';
    return {
      version: 1,
      service: this.service,
      encryption: await Promise.all(this.names.map((name) => newEncryptionKey(name, now))),
      signing: signs ? [await newSigningKey(this.service, now)] : [],
      master: [newSecret(randomBytes(6).toString('hex'), now)],
      blocking: [newSecret(randomBytes(6).toString('hex'), now)],
    };
  }

  async #publish(): Promise<void> {
    for (const name of this.names) {
      const newest = this.#keys.encryption.findLast((entry) => entry.name === name)!;
      await this.#public.publishRecipient(name, publicJwk(newest, 'enc'));
    }
    const signing = this.#keys.signing.map((entry) => publicJwk(entry, 'sig'));
    if (signing.length > 0) await this.#public.publishSigners(this.service, signing);
  }

  /** A key that another instance's rotation added since this one started is found by reading the file again. */
  async #reloadIfChanged(): Promise<boolean> {
    if ((await modifiedAt(this.#path)) === this.#loadedAt) return false;
    await this.#load();
    return true;
  }

  async #privateKey(kid: string): Promise<KeyObject> {
    const known = (): boolean => this.#keys.encryption.some((entry) => entry.kid === kid);
    if (!this.names.includes(nameOfKid(kid))) {
      throw new SealRefused('not-a-recipient', `${this.service} cannot open as the owner of the key that was named.`);
    }
    if (!known()) await this.#reloadIfChanged();
    if (!known()) {
      throw new SealRefused('key-unknown', `${this.#path} holds no private key for the id named by the sender.`);
    }
    return this.#keyObject(kid);
  }

  #keyObject(kid: string): KeyObject {
    let key = this.#private.get(kid);
    if (!key) {
      const { jwk } = [...this.#keys.encryption, ...this.#keys.signing].find((entry) => entry.kid === kid)!;
      key = createPrivateKey({ key: jwk, format: 'jwk' });
      this.#private.set(kid, key);
    }
    return key;
  }

  async #master(id: string): Promise<KeyObject> {
    const find = (): SecretKey | undefined => this.#masters.find((entry) => entry.id === id);
    const found = find() ?? ((await this.#reloadIfChanged()) ? find() : undefined);
    if (!found) {
      throw new SealRefused(
        'key-unknown',
        `${this.#path} holds no master key ${id}: restore the file from its backup.`,
      );
    }
    return found.key;
  }
}

async function modifiedAt(path: string): Promise<number | undefined> {
  return (await stat(path).catch(absent))?.mtimeMs;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

const secret = (entry: SecretEntry): SecretKey => ({
  id: entry.id,
  key: createSecretKey(Buffer.from(entry.key, 'base64url')),
});

const is32Bytes = (text: unknown): boolean => typeof text === 'string' && Buffer.from(text, 'base64url').length === 32;

function checkKeyFile(keys: KeyFile | undefined, path: string, service: string, names: readonly string[]): KeyFile {
  const problem = keyFileProblem(keys, service, names);
  if (problem !== undefined) throw new KeyFileRefused(`${path} ${problem}: restore it from its backup.`);
  return keys!;
}

function keyFileProblem(keys: KeyFile | undefined, service: string, names: readonly string[]): string | undefined {
  if (keys?.version !== 1) return 'has no version 1';
  if (keys.service !== service) return `belongs to ${String(keys.service)}, not ${service}`;
  if (![keys.encryption, keys.signing, keys.master, keys.blocking].every(Array.isArray)) return 'lacks a list of keys';
  const lacking = names.find((name) => !keys.encryption.some((entry) => entry.name === name));
  if (lacking !== undefined) return `lacks an encryption key for ${lacking}`;
  if (keys.master.length === 0 || keys.blocking.length === 0) return 'lacks a master or a blocking key';
  if (![...keys.master, ...keys.blocking].every(({ key }) => is32Bytes(key)))
    return 'holds a secret that is not 32 bytes';
  return undefined;
}

function checkTokenKeys(file: TokenKeyFile | undefined, path: string): TokenKeys {
  const entries = Object.entries(file?.keys ?? {});
  const wrong = entries.find(([id, key]) => !/^[A-Za-z0-9]{1,20}$/.test(id) || !is32Bytes(key));
  if (wrong) {
    throw new KeyFileRefused(
      `${path}: key ${wrong[0]} must have an id of letters and digits, and 32 bytes in base64url.`,
    );
  }
  if (!file || !entries.some(([id]) => id === file.current)) {
    throw new KeyFileRefused(`${path}: "current" must name one of "keys".`);
  }
  return { current: file.current, keys: entries.map(([id, key]) => secret({ id, key, createdAt: '' })) };
}
