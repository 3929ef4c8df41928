import type { Bilingual } from '@kenri/contracts';

export type RefusalCode = 'not-found' | 'invalid' | 'conflict' | 'changed-meanwhile' | 'same-person';

/** A command that the present state of the case does not allow. Says what is wrong and how to mend it; never personal data. */
export class DecisionRefused extends Error {
  override readonly name = 'DecisionRefused';
  constructor(
    readonly code: RefusalCode,
    readonly detail: Bilingual,
    /** JSON Pointer into the command's body, where a field is at fault. */
    readonly pointer: string | null = null,
    /** The version that stands now, where the command was made from another. */
    readonly version: string | null = null,
  ) {
    super(`${code}: ${detail.en}`);
  }
}

export const noSuch = (ja: string, en: string): DecisionRefused =>
  new DecisionRefused('not-found', { ja: `${ja}はありません。`, en: `There is no such ${en}.` });

export const notNow = (ja: string, en: string): DecisionRefused => new DecisionRefused('conflict', { ja, en });

/** Compares an If-Match header (RFC 9110 §13.1.1) with the version that stands. */
export function requireVersion(ifMatch: string, version: string): void {
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(`"${version}"`)) return;
  throw new DecisionRefused(
    'changed-meanwhile',
    { ja: '再読み込みして、もう一度変更してください。', en: 'Load it again and repeat the change.' },
    null,
    version,
  );
}
