/** Reading and changing documents by the data map's paths (`contacts[].tel`). Pure: a change returns a new document. */

export type Document = Record<string, unknown>;

/** Restricts array traversal to some elements: array path without `[]` → indices allowed. */
export type Elements = ReadonlyMap<string, ReadonlySet<number>>;

/** A place that exists in a document: its concrete dotted path (`contacts.2.tel`) and what stands there. */
export interface Place {
  readonly at: string;
  readonly value: unknown;
}

const isPlain = (value: unknown): value is Document => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** `contacts[].tel` → `contacts.tel`: the path without array marks, as schemas and prefixes are compared. */
export const withoutArrays = (path: string): string => path.replaceAll('[]', '');

/**
 * Where a path exists in a document. Arrays on the way are entered, whether or not marked by `[]`; a list at the end is one place.
 * `only` limits which elements of which arrays are entered.
 */
export function places(document: Document, path: string, only?: Elements): Place[] {
  if (!path.includes('.')) {
    const name = withoutArrays(path);
    const value = isPlain(document) ? document[name] : undefined;
    return value === undefined ? [] : [{ at: name, value }];
  }
  const names = withoutArrays(path).split('.');
  const found: Place[] = [];
  const walk = (value: unknown, depth: number, at: string): void => {
    if (depth === names.length) {
      if (value !== undefined) found.push({ at, value });
      return;
    }
    if (Array.isArray(value)) {
      const allowed = only?.get(names.slice(0, depth).join('.'));
      value.forEach((element, index) => {
        if (!allowed || allowed.has(index)) walk(element, depth, `${at}.${index}`);
      });
      return;
    }
    if (!isPlain(value)) return;
    const name = names[depth]!;
    walk(value[name], depth + 1, at === '' ? name : `${at}.${name}`);
  };
  walk(document, 0, '');
  return found;
}

/** Every single value at a path: lists are taken apart, absent and null values left out. */
export function valuesAt(document: Document, path: string, only?: Elements): unknown[] {
  return places(document, path, only)
    .flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]).flat(Infinity) : [value]))
    .filter((value) => value !== undefined && value !== null);
}

/** Sets a concrete dotted path; missing objects on the way are made. */
export function withValue(document: Document, at: string, value: unknown): Document {
  return change(document, at.split('.'), () => value) as Document;
}

/** Removes a concrete dotted path. Nothing happens where it does not exist. */
export function withoutValue(document: Document, at: string): Document {
  return places(document, at).length === 0 && !exists(document, at.split('.'))
    ? document
    : (change(document, at.split('.'), () => undefined) as Document);
}

/** Removes elements of an array by index. */
export function withoutElements(document: Document, arrayPath: string, indices: ReadonlySet<number>): Document {
  return change(document, arrayPath.split('.'), (value) =>
    Array.isArray(value) ? value.filter((_, index) => !indices.has(index)) : value,
  ) as Document;
}

function exists(value: unknown, names: readonly string[]): boolean {
  if (names.length === 0) return value !== undefined;
  if (typeof value !== 'object' || value === null) return false;
  return exists((value as Document)[names[0]!], names.slice(1));
}

function change(value: unknown, names: readonly string[], to: (value: unknown) => unknown): unknown {
  const [name, ...rest] = names;
  if (name === undefined) return to(value);
  if (Array.isArray(value)) {
    const copy = [...(value as unknown[])];
    copy[Number(name)] = change(copy[Number(name)], rest, to);
    return copy;
  }
  const copy: Document = isPlain(value) ? { ...value } : {};
  const changed = change(copy[name], rest, to);
  if (changed === undefined) delete copy[name];
  else copy[name] = changed;
  return copy;
}
