import type { Condition } from '../data-map.js';
import { places, valuesAt, type Document, type Elements } from './paths.js';
import { comparable } from './comparable.js';

/** What a condition looks at: the document, the person's own elements in it, and the time. */
export interface Circumstances {
  readonly document: Document;
  readonly elements?: Elements;
  /** Paths of the arrays in which the person is an element: what `@.` stands for. */
  readonly elementPaths?: readonly string[];
  readonly now: Date;
}

/** `@.tel` → `contacts.tel` for each array in which the person is an element; other paths stay. */
export function resolvePath(path: string, elementPaths: readonly string[] = []): string[] {
  return path.startsWith('@.') ? elementPaths.map((at) => `${at}.${path.slice(2)}`) : [path];
}

/** Whether all conditions hold. A path that crosses arrays holds if any element does; for `not-equal` and `not-in`, if every one does. */
export function holds(conditions: readonly Condition[] | undefined, about: Circumstances): boolean {
  return (conditions ?? []).every((condition) => holdsOne(condition, about));
}

function holdsOne(condition: Condition, about: Circumstances): boolean {
  const values = resolvePath(condition.path, about.elementPaths).flatMap((path) =>
    valuesAt(about.document, path, path === condition.path ? undefined : about.elements),
  );
  const wanted = comparable(condition.value);
  const listed = Array.isArray(condition.value) ? (condition.value as unknown[]).map(comparable) : [];
  switch (condition.is) {
    case 'equal':
      return values.some((value) => comparable(value) === wanted);
    case 'not-equal':
      return values.every((value) => comparable(value) !== wanted);
    case 'in':
      return values.some((value) => listed.includes(comparable(value)));
    case 'not-in':
      return values.every((value) => !listed.includes(comparable(value)));
    case 'present':
      return values.some((value) => value !== '');
    case 'absent':
      return values.every((value) => value === '');
    case 'before-now':
      return values.some((value) => timeOf(value) < about.now.getTime());
    case 'after-now':
      return values.some((value) => timeOf(value) > about.now.getTime());
    case 'at-least':
      return values.some((value) => Number(comparable(value)) >= Number(wanted));
  }
}

/** NaN for what is no date, so that no comparison holds. */
const timeOf = (value: unknown): number =>
  value instanceof Date ? value.getTime() : Date.parse(String(comparable(value)));

/** Dates at a path, for retention rules. */
export function datesAt(path: string, about: Circumstances): Date[] {
  return resolvePath(path, about.elementPaths)
    .flatMap((resolved) => places(about.document, resolved, resolved === path ? undefined : about.elements))
    .flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter((value): value is Date => value instanceof Date && !Number.isNaN(value.getTime()));
}
