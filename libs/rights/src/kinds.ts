import {
  EXPORT_SCOPE_OF_KIND,
  OPERATION_OF_KIND,
  OPERATIONS,
  type ExportScope,
  type Kind,
  type Operation,
  type Purpose,
  type Scope,
  type SuppressionSet,
} from '@kenri/contracts';

/** A purpose that a suppression forbids, as it stands in `dsr.suppression.set.v1`. */
export type SuppressedPurpose = SuppressionSet['purposes'][number];

/** Operations that the kinds ask of every system, in the order in which a system carries them out. */
export function operationsOf(kinds: readonly Kind[]): Operation[] {
  const wanted = new Set(kinds.map((kind) => OPERATION_OF_KIND[kind]));
  return OPERATIONS.filter((operation) => wanted.has(operation));
}

/** The kinds among `kinds` that an operation carries out. */
export const kindsOf = (operation: Operation, kinds: readonly Kind[]): Kind[] =>
  kinds.filter((kind) => OPERATION_OF_KIND[kind] === operation);

/** False for complaints and inquiries, which a person answers. */
export const fansOut = (kind: Kind): boolean => OPERATION_OF_KIND[kind] !== null;

/** True where a person of the office owes an answer in words: complaint and inquiry. */
export const needsAnswer = (kinds: readonly Kind[]): boolean => kinds.some((kind) => !fansOut(kind));

/** What cannot be undone for good: only erasing. Releasing a package is guarded on its own. */
export const isIrreversible = (operation: Operation): boolean => operation === 'erase';

/** What an export has to contain for the kinds asked (APPI 33, 33(5), 32(2)). */
export function exportScopesOf(kinds: readonly Kind[]): ExportScope[] {
  const scopes = kinds.map((kind) => EXPORT_SCOPE_OF_KIND[kind]).filter((scope) => scope !== undefined);
  return [...new Set(scopes)];
}

/** Purposes meant where the applicant named none (R-17: images, joint use of policy §5, ad audiences; APPI 35). */
const PURPOSES_WHERE_NONE_NAMED: Partial<Record<Kind, readonly Purpose[]>> = {
  'cessation-of-use': ['all-use'],
  'cessation-of-third-party-provision': ['third-party-provision', 'joint-use', 'ads'],
};

/** The parameters of the operations, completed from the kinds where the applicant left them open. */
export function scopeOf(kinds: readonly Kind[], asked: Readonly<Partial<Scope>> = {}): Scope {
  const named = asked.purposes ?? [];
  const purposes = kinds.flatMap((kind) => {
    const usual = PURPOSES_WHERE_NONE_NAMED[kind];
    return usual === undefined ? [] : named.length > 0 ? named : usual;
  });
  const exportScopes = asked.exportScopes ?? [];
  return {
    exportScopes: exportScopes.length > 0 ? [...exportScopes] : exportScopesOf(kinds),
    purposes: [...new Set(purposes)],
  };
}

/**
 * What the group may no longer do with the person. An erasure and a cessation of all use concern the data held when the request
 * came (`collectedBefore`, ISO time): who joins again later is not blocked for ever. Marketing, sharing and ads that the person
 * stopped stay stopped.
 */
export function suppressedPurposes(
  kinds: readonly Kind[],
  scope: Readonly<Scope>,
  collectedBefore: string,
): SuppressedPurpose[] {
  const purposes = new Map<Purpose, SuppressedPurpose>();
  const asked = scopeOf(kinds, scope).purposes;
  for (const purpose of asked) {
    purposes.set(
      purpose,
      purpose === 'all-use'
        ? { purpose, applies: 'collected-before', collectedBefore }
        : { purpose, applies: 'ongoing' },
    );
  }
  if (asked.includes('all-use')) {
    for (const purpose of ['marketing', 'ads'] as const) {
      if (!purposes.has(purpose)) purposes.set(purpose, { purpose, applies: 'ongoing' });
    }
  }
  if (kinds.includes('erasure')) {
    purposes.set('all-use', { purpose: 'all-use', applies: 'collected-before', collectedBefore });
  }
  return [...purposes.values()];
}
