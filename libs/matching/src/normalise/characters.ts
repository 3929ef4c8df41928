import { LOOK_ALIKE, SAME_CHARACTER } from '../data/variant-characters.js';

const usualForm = new Map<string, string>();
for (const forms of SAME_CHARACTER.trim().split(' ')) {
  const [head, ...others] = [...forms];
  for (const other of others) usualForm.set(other, head!);
}

const alikeHead = new Map<string, string>();
function headOf(character: string): string {
  let head = character;
  for (let next = alikeHead.get(head); next !== undefined; next = alikeHead.get(head)) head = next;
  return head;
}
for (const pair of LOOK_ALIKE.trim().split(' ')) {
  const [a, b] = [...pair].map((each) => headOf(usualForm.get(each) ?? each)) as [string, string];
  if (a !== b) alikeHead.set(b, a);
}
const lookAlike = new Map([...alikeHead.keys()].map((each) => [each, headOf(each)]));

const hasVariant = new RegExp(`[${[...usualForm.keys()].join('')}]`, 'u');
const hasLookAlike = new RegExp(`[${[...lookAlike.keys()].join('')}]`, 'u');

function replaceCharacters(text: string, table: ReadonlyMap<string, string>): string {
  let out = '';
  for (const character of text) out += table.get(character) ?? character;
  return out;
}

/**
 * Every character in its usual form: 齋→斎, 齊→斉, 髙→高, 邉邊→辺, 𠮷→吉. Two texts equal after this are the same name.
 * Source: schedule 2 of the regulations of the Family Register Act (Unihan kJinmeiyoKanji), joyo old forms, z-variants
 * and register practice; see tools/derive-character-data.mjs.
 */
export function foldVariantCharacters(text: string): string {
  return hasVariant.test(text) ? replaceCharacters(text, usualForm) : text;
}

/**
 * Characters borne as different names but written for one another folded together (斉斎, 崎埼, 朗郎, ノ之の).
 * Takes text already in usual forms. Equality after this is at most a candidate.
 */
export function foldLookAlikes(text: string): string {
  const particles = /[之乃の]/.test(text) ? text.replace(/[之乃の]/g, 'ノ') : text;
  return hasLookAlike.test(particles) ? replaceCharacters(particles, lookAlike) : particles;
}
