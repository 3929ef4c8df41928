import { Type, type Static } from 'typebox';
import { ExportScopeSchema, FieldKindSchema, PurposeSchema, SystemSchema } from './vocabulary.js';

const text = Type.String({ maxLength: 500 });
const name = {
  fullName: Type.Optional(text),
  familyName: Type.Optional(text),
  givenName: Type.Optional(text),
  fullKana: Type.Optional(text),
  familyKana: Type.Optional(text),
  givenKana: Type.Optional(text),
  romaji: Type.Optional(text),
};

/** Who applies, as confirmed, with what makes a match certain. Travels only sealed. */
export const IdentitySchema = Type.Object({
  ...name,
  birthDate: Type.Optional(text),
  emails: Type.Optional(Type.Array(text, { maxItems: 20 })),
  phones: Type.Optional(Type.Array(text, { maxItems: 20 })),
  postalCode: Type.Optional(text),
  address: Type.Optional(text),
  organisation: Type.Optional(text),
  formerNames: Type.Optional(Type.Array(Type.Object(name), { maxItems: 20 })),
  earlierAddresses: Type.Optional(Type.Array(text, { maxItems: 20 })),
  /** Customer or member numbers, per system. */
  customerNumbers: Type.Optional(Type.Array(Type.Object({ system: SystemSchema, number: text }), { maxItems: 50 })),
});
export type Identity = Static<typeof IdentitySchema>;

/** One claimed correction: what the person says is wrong, and what it ought to be. */
export const ClaimSchema = Type.Object({
  id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}$' }),
  kind: Type.Enum(['correction', 'addition', 'deletion-of-incorrect']),
  field: FieldKindSchema,
  /** Where given, only this system. */
  system: Type.Optional(SystemSchema),
  /** What the person believes is held now. */
  current: Type.Optional(text),
  /** Absent for a deletion. */
  claimed: Type.Optional(text),
  grounds: Type.Optional(Type.String({ maxLength: 2000 })),
});
export type Claim = Static<typeof ClaimSchema>;

/** What exactly is asked for, beside the kinds. Travels only sealed. */
export const ParticularsSchema = Type.Object({
  claims: Type.Optional(Type.Array(ClaimSchema, { maxItems: 100 })),
  statement: Type.Optional(Type.String({ maxLength: 5000 })),
});
export type Particulars = Static<typeof ParticularsSchema>;

/** What is asked for, as far as it is not personal: the operations' parameters. */
export const ScopeSchema = Type.Object({
  exportScopes: Type.Array(ExportScopeSchema),
  purposes: Type.Array(PurposeSchema),
});
export type Scope = Static<typeof ScopeSchema>;

/** What connectors and cases receive sealed in a request. */
export const SubjectSchema = Type.Object({ identity: IdentitySchema, particulars: ParticularsSchema });
export type Subject = Static<typeof SubjectSchema>;
