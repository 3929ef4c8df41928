import { Type, type Static } from 'typebox';
import { DigestSchema } from './vocabulary.js';

const base64url = Type.String({ pattern: '^[A-Za-z0-9_-]*$' });

/**
 * Anything personal inside a payload: a JWE in general JSON serialisation (RFC 7516 §7.2.1), A256GCM content, one
 * A256KW-wrapped content key per recipient. `ek` is the sender's epoch key, sealed to the recipient (contracts.md).
 */
export const SealedSchema = Type.Object({
  protected: base64url,
  aad: base64url,
  iv: base64url,
  ciphertext: base64url,
  tag: base64url,
  recipients: Type.Array(
    Type.Object({
      header: Type.Object({ alg: Type.Literal('A256KW'), kid: Type.String(), ek: Type.String() }),
      encrypted_key: base64url,
    }),
    { minItems: 1, maxItems: 40 },
  ),
});
export type Sealed = Static<typeof SealedSchema>;

/** A sealed object in the artifact store: what is too large for a message or a case document. */
export const ArtifactRefSchema = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9_-]{8,64}$' }),
  /** Bytes before sealing. */
  size: Type.Integer({ minimum: 0 }),
  /** Of the bytes before sealing. */
  sha256: DigestSchema,
  contentType: Type.String({ maxLength: 100 }),
});
export type ArtifactRef = Static<typeof ArtifactRefSchema>;
