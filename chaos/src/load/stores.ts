import type { DataMap } from '@kenri/connector-kit';
import * as auto from '@kenri/connector-auto';
import * as brandItem from '@kenri/connector-brand-item';
import * as flower from '@kenri/connector-flower';
import * as medical from '@kenri/connector-medical';
import * as motorcycle from '@kenri/connector-motorcycle';
import { isKnownTo, peopleIn, randomOf, SYSTEMS, type SamplePerson, type SystemName } from '@kenri/testing';

interface StoreMap {
  readonly map: DataMap;
  readonly samplesFor: typeof auto.samplesFor;
}

/** What the observer knows of the stores without asking Kenri: which documents are whose, and what the business means by its fields. */
export const STORES: Readonly<Record<SystemName, StoreMap>> = {
  auto,
  motorcycle,
  flower,
  'brand-item': brandItem,
  medical,
};

export const databaseOf = (system: SystemName): string => `store_${system.replaceAll('-', '_')}`;
export const systemOf = (database: string): SystemName | undefined =>
  SYSTEMS.find((system) => databaseOf(system) === database);

/** `system/collection/id`: a document's name in plans, reports and counts. */
export type DocumentKey = `${SystemName}/${string}/${string}`;
export const keyOf = (system: SystemName, collection: string, id: unknown): DocumentKey =>
  `${system}/${collection}/${String(id)}`;

/** Documents that a store holds because of one person alone, by the ids that the sample data gives them. */
export function ownDocumentsOf(person: SamplePerson, systems: readonly SystemName[]): DocumentKey[] {
  return systems.flatMap((system) => {
    const samples = STORES[system].samplesFor(person, randomOf(person.seed, system, person.index));
    return Object.entries(samples).flatMap(([collection, documents]) =>
      documents.map(({ _id }) => keyOf(system, collection, _id)),
    );
  });
}

/** Everybody in the stores by index, with the systems that were filled with them. */
export function peopleInStores(
  seed: string,
  count: number,
): Map<number, { person: SamplePerson; systems: SystemName[] }> {
  const found = new Map<number, { person: SamplePerson; systems: SystemName[] }>();
  for (const system of SYSTEMS) {
    for (const person of peopleIn(system, { seed, count })) {
      if (!isKnownTo(system, person)) continue;
      const known = found.get(person.index);
      if (known) known.systems.push(system);
      else found.set(person.index, { person, systems: [system] });
    }
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

type Value = string | number | boolean;

/** How the business places a legal hold on a document of this collection; undefined where it has no place for one. */
export function holdIn(system: SystemName, collection: string): Record<string, Value> | undefined {
  const about = STORES[system].map.collections[collection];
  if (about?.use !== 'mapped' || !about.legalHold) return undefined;
  return Object.fromEntries(
    about.legalHold.when.flatMap((condition) =>
      condition.is === 'equal' ? [[condition.path, condition.value as Value]] : [],
    ),
  );
}

/**
 * A text field by which nobody is recognised and which a plan depends on: what the business may well change while a case is open.
 * Undefined where the document has none at its top level.
 */
export function changeableIn(
  system: SystemName,
  collection: string,
  document: Readonly<Record<string, unknown>>,
): string | undefined {
  const about = STORES[system].map.collections[collection];
  if (about?.use !== 'mapped') return undefined;
  const plain = Object.entries(about.fields).filter(
    ([path, field]) => !path.includes('.') && typeof document[path] === 'string' && field.watched !== false,
  );
  return plain.find(([, field]) => field.kind === 'occupation')?.[0] ?? plain.find(([path]) => path === 'remarks')?.[0];
}
