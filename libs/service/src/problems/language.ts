import type { Bilingual, Language } from '@kenri/contracts';
import Negotiator from 'negotiator';

/** The answer's language by Accept-Language (RFC 9110 §12.5.4); Japanese where nothing fits, since the public is Japanese. */
export function languageOf(headers: Readonly<Record<string, string | string[] | undefined>>): Language {
  const accepted = headers['accept-language'];
  const [best] = new Negotiator({ headers: { 'accept-language': String(accepted ?? '') } }).languages(['ja', 'en']);
  return best === 'en' ? 'en' : 'ja';
}

export const say = (wording: Bilingual, language: Language): string => wording[language];
