import { dayOf, moved } from './days.js';
import { asRecorded, peopleIn } from './people.js';
import { PERSONA_KEYS, persona, type PersonaKey } from './personas.js';
import { hexId, randomOf, type Random } from './random.js';
import type { Holding, Holdings, SamplePerson } from './sample-person.js';

/** Documents per collection. */
export type SampleDocuments = Record<string, Record<string, unknown>[]>;

/** Collects the documents of one person for one store, with ids that depend on the person only. */
export class StoreSamples<Id> {
  readonly documents: SampleDocuments = {};
  /** As this store knows the person. */
  protected readonly person: SamplePerson;

  constructor(
    protected readonly system: string,
    person: SamplePerson,
    protected readonly random: Random,
    protected readonly asOf: Date,
    private readonly idFrom: (hex: string) => Id,
  ) {
    this.person = asRecorded(person, system);
  }

  /** Id of the person's own row number `n` in a collection. */
  protected id(collection: string, n: number | string = 0): Id {
    return this.idFrom(hexId(this.system, collection, this.person.seed, this.person.index, n));
  }

  /** Id of a company's row: the same whoever of its people leads to it. */
  protected officeId(collection: string, office: { id: number }): Id {
    return this.idFrom(hexId(this.system, collection, 'office', office.id));
  }

  /** A moment `years` and `days` before the day of filling. */
  protected ago(by: { years?: number; days?: number }): Date {
    return moved(this.asOf, { years: -(by.years ?? 0), days: -(by.days ?? 0) });
  }

  /** Adds a document. Fields without a value are left out, as the businesses' own programs do, rather than written as null. */
  protected add(collection: string, id: Id, fields: Record<string, unknown>): void {
    const at = this.ago({ days: 1 });
    (this.documents[collection] ??= []).push({ _id: id, ...defined(fields), createdAt: at, updatedAt: at });
  }
}

/** Without the fields that are undefined or empty, at any depth of plain objects. */
export function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => [name, isPlain(value) ? defined(value) : value]),
  );
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * All documents of a store: the demo personas' first, then those of `people` generated people, one entry per person, made while read.
 * @param holdings of the personas in a system whose holdings are not laid out here, by persona
 * @param asOf the day from which dealings are counted; one value for the whole run, so that a fill over midnight stays consistent
 */
export function samplesIn(
  system: string,
  samplesFor: (person: SamplePerson, random: Random, asOf: Date) => SampleDocuments,
  holdings: Readonly<Partial<Record<PersonaKey, Holding>>> = {},
  asOf: Date = dayOf(new Date()),
) {
  return function* ({ seed, people }: { seed: string; people: number }): Generator<SampleDocuments> {
    const of = (person: SamplePerson) => samplesFor(person, randomOf(person.seed, system, person.index), asOf);
    for (const key of PERSONA_KEYS) {
      const { person } = persona(key, seed);
      const held = holdings[key] ?? person.holdings?.[system as keyof Holdings];
      if (held) yield of({ ...person, holdings: { ...person.holdings, [system]: held } });
    }
    for (const person of peopleIn(system, { seed, count: people })) yield of(person);
  };
}
