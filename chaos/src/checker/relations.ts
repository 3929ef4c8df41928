import { kanjiName } from '@kenri/testing';
import { BSON } from 'mongodb';
import type { CaseRun } from '../load/case-run.js';
import type { BusinessWrite } from '../load/business.js';
import type { DocumentKey } from '../load/stores.js';
import type { Effect } from '../observer/store-observer.js';
import type { Evidence } from './evidence.js';

const ACTING = new Set(['cessation-of-use', 'erasure', 'correction']);
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s\-‐‑–—―−ー・.,、。()]/g, '')
    .toLowerCase();

/** Every text in a value, at any depth. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return [];
  return Object.values(value).flatMap(textsIn);
}

export const documentOf = (bytes: Buffer): Record<string, unknown> => BSON.deserialize(bytes);

/** Texts by which a person stands in a document, as a program would compare them. */
export function marksOf({ planned: { person } }: CaseRun): string[] {
  const names = [
    kanjiName(person, ''),
    `${person.formerFamilyName?.kanji ?? ''}${person.formerFamilyName ? person.givenName.kanji : ''}`,
  ];
  return [...names, person.mobile, person.earlierMobile, person.email].flatMap((text) =>
    text === undefined || text === '' ? [] : [plain(text)],
  );
}

export const names = (bytes: Buffer, marks: readonly string[]): boolean => {
  const texts = textsIn(documentOf(bytes)).map(plain);
  return texts.some((text) => marks.some((mark) => text.includes(mark)));
};

/** What a business document has to do with which application, worked out from the sample data and its own content, not from Kenri. */
export class Relations {
  private readonly ownerOf = new Map<DocumentKey, CaseRun>();
  private readonly marks: readonly { run: CaseRun; marks: readonly string[] }[];
  private readonly found = new Map<DocumentKey, readonly CaseRun[]>();
  private readonly businessOn = new Map<DocumentKey, BusinessWrite[]>();

  constructor(private readonly evidence: Evidence) {
    const acting = evidence.runs.filter(({ planned }) => planned.kinds.some((kind) => ACTING.has(kind)));
    for (const run of acting) for (const key of run.planned.own) this.ownerOf.set(key, run);
    this.marks = acting.map((run) => ({ run, marks: marksOf(run) }));
    for (const write of evidence.business) {
      const known = this.businessOn.get(write.key);
      if (known) known.push(write);
      else this.businessOn.set(write.key, [write]);
    }
  }

  /** Applications that may change this document: its owner's, and those of people who stand in it. */
  runsFor(key: DocumentKey): readonly CaseRun[] {
    const known = this.found.get(key);
    if (known) return known;
    const owner = this.ownerOf.get(key);
    const bytes = this.evidence.before.get(key);
    const texts = bytes ? textsIn(documentOf(bytes)).map(plain) : [];
    const named = this.marks
      .filter(({ run, marks }) => run !== owner && texts.some((text) => marks.some((mark) => text.includes(mark))))
      .map(({ run }) => run);
    const runs = [...(owner ? [owner] : []), ...named];
    this.found.set(key, runs);
    return runs;
  }

  writesOn(key: DocumentKey): readonly BusinessWrite[] {
    return this.businessOn.get(key) ?? [];
  }

  /** Which of the changes of a document the business made itself. */
  isBusiness(key: DocumentKey, effect: Effect): boolean {
    return this.writesOn(key).some(({ path, value }) => effect.op === 'update' && effect.set[path] === value);
  }

  /** Changes of a document that Kenri made. */
  byKenri(key: DocumentKey): readonly Effect[] {
    return (this.evidence.effects.get(key) ?? []).filter((effect) => !this.isBusiness(key, effect));
  }
}

export const systemIn = (key: DocumentKey): string => key.slice(0, key.indexOf('/'));
