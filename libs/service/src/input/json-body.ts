import type { Bilingual } from '@kenri/contracts';
import { parse } from 'secure-json-parse';
import { Problem } from '../problems/problem.js';

/** Deeper than any document of Kenri's; keeps every later walk over the input shallow. */
export const MAX_DEPTH = 16;

const malformed = (detail: Bilingual, pointer?: string) =>
  new Problem('malformed-request', detail, pointer === undefined ? {} : { errors: [{ pointer, detail }] });

const escapeToken = (token: string) => token.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');

// C0 controls apart from tab, line feed and carriage return, DEL, and C1: no field of a form holds them.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

function refuseUnreadableText(text: string, pointer: string): void {
  if (!text.isWellFormed()) {
    throw malformed(
      {
        ja: '対になっていないサロゲートを含みます。正しい Unicode で送ってください。',
        en: 'contains a lone surrogate; send well-formed Unicode',
      },
      pointer,
    );
  }
  if (CONTROL.test(text)) {
    throw malformed(
      { ja: '制御文字を含みます。取り除いてください。', en: 'contains a control character; remove it' },
      pointer,
    );
  }
}

/** Walks a parsed value, refusing what no field may hold: lone surrogates, control characters, and nesting beyond `MAX_DEPTH`. */
export function refuseUnreadable(value: unknown, pointer = '', depth = 0): void {
  if (typeof value === 'string') return refuseUnreadableText(value, pointer);
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH) {
    throw malformed(
      { ja: `入れ子が深すぎます(最大 ${MAX_DEPTH} 段)。`, en: `is nested too deeply (at most ${MAX_DEPTH} levels)` },
      pointer,
    );
  }
  for (const [key, item] of Object.entries(value)) {
    const at = `${pointer}/${escapeToken(key)}`;
    refuseUnreadableText(key, at);
    refuseUnreadable(item, at, depth + 1);
  }
}

/**
 * Reads a request body: UTF-8 (RFC 8259 §8.1), one JSON object, no `__proto__` or `constructor.prototype`, and nothing that
 * `refuseUnreadable` refuses. Throws a 400 problem that says what is wrong; an empty body is an empty object.
 */
export function readJsonBody(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw malformed({ ja: '本文が UTF-8 ではありません。', en: 'The body is not UTF-8. Send it as UTF-8.' });
  }
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw /forbidden prototype/.test(error.message)
      ? malformed({
          ja: '本文に __proto__ などの禁止された名前があります。',
          en: 'The body uses a forbidden name such as __proto__. Remove it.',
        })
      : malformed({
          ja: '本文が JSON として正しくありません。',
          en: 'The body is not valid JSON. Check commas, quotes and brackets.',
        });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed({ ja: '本文は JSON オブジェクトで送ってください。', en: 'The body must be a JSON object.' });
  }
  refuseUnreadable(value);
  return value;
}
