import type { Subject } from '@kenri/contracts';
import { fromText, toText, type Manifest, type ManifestMatch, type ManifestRow } from './manifest.js';

/** What the sealed part of a unit holds. */
export interface Held {
  readonly subject: Subject;
  readonly manifest: Manifest;
}

/** A long one stands in the artifact store line by line: so it is neither written nor read as one text. */
type Line =
  | { readonly head: { readonly subject: Subject } & Pick<Manifest, 'caseId' | 'system' | 'round'> }
  | { readonly match: Pick<ManifestMatch, 'ref' | 'verdict'> }
  | { readonly row: ManifestRow };

export function* heldLines({ subject, manifest: { caseId, system, round, matches } }: Held): Iterable<string> {
  const line = (content: Line) => `${toText(content)}\n`;
  yield line({ head: { subject, caseId, system, round } });
  for (const { ref, verdict, rows } of matches) {
    yield line({ match: { ref, verdict } });
    for (const row of rows) yield line({ row });
  }
}

/** Rows are held once: what repeats in each of a hundred thousand is shared. @throws Error for lines that `heldLines` did not write */
export async function readHeldLines(lines: AsyncIterable<string>): Promise<Held> {
  let head: Extract<Line, { head: unknown }>['head'] | undefined;
  const matches: (Pick<ManifestMatch, 'ref' | 'verdict'> & { rows: ManifestRow[] })[] = [];
  const shared = new Map<string, unknown>();
  const sharing = <T>(value: T): T => {
    const text = JSON.stringify(value);
    if (!shared.has(text)) shared.set(text, value);
    return shared.get(text) as T;
  };
  for await (const text of lines) {
    if (text === '') continue;
    const line = fromText<Line>(text);
    if ('head' in line) head = line.head;
    else if ('match' in line) matches.push({ ...line.match, rows: [] });
    else {
      const { collection, roles, elements, holds, action } = line.row;
      const own = elements.length === 0 ? sharing(elements) : elements;
      const row = { ...line.row, collection: sharing(collection), roles: sharing(roles), elements: own };
      const match = matches.at(-1);
      if (!match) throw new Error('a manifest has a row that belongs to no match');
      match.rows.push({ ...row, holds: sharing(holds), action: sharing(action) });
    }
  }
  if (!head) throw new Error('a manifest has no head');
  const { subject, ...rest } = head;
  return { subject, manifest: { ...rest, matches } };
}
