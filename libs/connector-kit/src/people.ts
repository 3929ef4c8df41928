import type { Applicant, Person } from '@kenri/matching';
import type { Identity } from '@kenri/contracts';
import type { Identifier, MappedCollection, PersonMap } from './data-map.js';
import { comparable, readable } from './documents/comparable.js';
import { places, valuesAt, type Document } from './documents/paths.js';

/** A person as one document spells them, with the element they stand in. */
export interface PersonInDocument {
  readonly role: string;
  readonly element: { readonly at: string; readonly key: unknown } | null;
  readonly person: Person;
}

const LISTS: ReadonlySet<Identifier> = new Set<Identifier>(['emails', 'phones']);

/** Everyone recognised in a document by the map: the document itself, or each element of an array. */
export function peopleIn(collection: MappedCollection, document: Document): PersonInDocument[] {
  return (collection.people ?? []).flatMap((map): PersonInDocument[] => {
    if (map.at === '') return [{ role: map.role, element: null, person: readPerson(map, document, document) }];
    const list = places(document, map.at)[0]?.value;
    if (!Array.isArray(list)) return [];
    return (list as Document[]).flatMap((element) => {
      const key = valuesAt({ element }, `element.${map.elementKey}`)[0];
      if (key === undefined) return [];
      return [{ role: map.role, element: { at: map.at, key }, person: readPerson(map, document, element) }];
    });
  });
}

function readPerson(map: PersonMap, document: Document, from: Document): Person {
  const person: Record<string, string | string[]> = {};
  for (const [identifier, paths] of Object.entries(map.identify) as [Identifier, string | readonly string[]][]) {
    const values = [paths]
      .flat()
      .flatMap((path) =>
        path.startsWith('/') ? valuesAt(document, path.slice(1)) : valuesAt({ element: from }, `element.${path}`),
      )
      .map(readable)
      .filter((value) => value !== '');
    if (values.length === 0) continue;
    person[identifier] = LISTS.has(identifier) ? values : values.join(' ');
  }
  return person;
}

/** The applicant as matching reads them, with the customer numbers of this system only. */
export function applicantOf(identity: Identity, system: string): Applicant {
  const { customerNumbers, ...rest } = identity;
  const own = (customerNumbers ?? []).filter((number) => number.system === system).map(({ number }) => number);
  return { ...rest, ...(own.length > 0 && { customerNumbers: own }) };
}

/** Whether two element keys name the same element. */
export const sameKey = (a: unknown, b: unknown): boolean => comparable(a) === comparable(b);
