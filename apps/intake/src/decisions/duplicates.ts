import type { Application } from './application.js';

/** Another application that may be the same person's, for the same thing. Offered to a clerk, never merged by itself. */
export interface PossibleDuplicate {
  id: string;
  reference: string;
  kinds: string[];
  agreement: 'strong' | 'possible';
}

const kindOf = (token: string) => token.split('.')[2];

/** Strong: reading with birth date, together with e-mail or telephone (contracts.md, Match tokens); families share the latter. */
export function duplicateOf(
  application: Pick<Application, 'kinds'>,
  tokens: readonly string[],
  other: Pick<Application, '_id' | 'reference' | 'kinds' | 'tokens'>,
): PossibleDuplicate {
  const shared = new Set(other.tokens.filter((token) => tokens.includes(token)).map(kindOf));
  const strong = shared.has('kana-birth') && (shared.has('email') || shared.has('phone'));
  return {
    id: other._id,
    reference: other.reference,
    kinds: other.kinds.filter((kind) => application.kinds.includes(kind)),
    agreement: strong ? 'strong' : 'possible',
  };
}
