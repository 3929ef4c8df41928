import type { Sealed } from '@kenri/contracts';
import type { Clock } from '../clock.js';
import { decodeJson, encodeJson } from '../encoding.js';
import { nameOfKid, type KeyDirectory } from '../keys/key-directory.js';
import { SealRefused } from '../vault-error.js';
import { ReceivedEpochs, SendingEpochs } from './epoch-keys.js';
import { bindingAad, decryptJwe, encryptJwe, type Binding, type Wrapping } from './jwe.js';

export interface SealOptions extends Binding {
  /** Who may read it: `cases`, `cases/medical`, `connector-<system>`, `intake`. */
  recipients: readonly string[];
}

export interface OpenOptions extends Binding {
  /** The name to open as; the service's own by default. */
  as?: string;
}

/** Seals values for named recipients and opens what was sealed for this service (contracts.md, Sealed data). */
export class Sealer {
  readonly #sending: SendingEpochs;
  readonly #received: ReceivedEpochs;

  constructor(
    private readonly directory: KeyDirectory,
    clock: Clock,
  ) {
    this.#sending = new SendingEpochs(directory, clock);
    this.#received = new ReceivedEpochs(directory);
  }

  /**
   * Seals a JSON value for its recipients; it opens only under the same id, type and system.
   * @throws PublicKeyMissing where a recipient has not published its key within the wait
   * @throws TypeError without recipients, id or type, or for a value without JSON form
   */
  async seal(value: unknown, { recipients, ...binding }: SealOptions): Promise<Sealed> {
    const names = [...new Set(recipients)];
    if (names.length === 0 || names.length > 40) throw new TypeError('Sealing needs one to forty recipients.');
    const plaintext = encodeJson(value);
    const wrappings: Wrapping[] = [];
    for (const name of names) {
      const taken = this.#sending.take(name);
      // Awaiting only where an epoch begins keeps the common case synchronous.
      wrappings.push(taken instanceof Promise ? await taken : taken);
    }
    return encryptJwe(plaintext, binding, wrappings);
  }

  /**
   * Opens what was sealed for this service under exactly this id, type and system.
   * @throws SealRefused, without content; trying again does not help
   */
  async open<T>(sealed: Sealed, { as = this.directory.service, ...binding }: OpenOptions): Promise<T> {
    if (!this.directory.names.includes(as)) throw new TypeError(`${this.directory.service} cannot open as ${as}.`);
    if (!Array.isArray(sealed?.recipients)) throw new SealRefused('malformed', 'A sealed object names its recipients.');
    const recipient = sealed.recipients.find(({ header }) => nameOfKid(String(header?.kid)) === as);
    if (!recipient) throw new SealRefused('not-a-recipient', `This was not sealed for ${as}.`);
    if (sealed.aad !== bindingAad(binding)) {
      throw new SealRefused('moved', `This was sealed for another id, type or system than ${binding.id}.`);
    }
    const epochKey = await this.#received.open(recipient.header.kid, String(recipient.header.ek));
    return decodeJson(decryptJwe(sealed, recipient, epochKey), 'The sealed object') as T;
  }
}
