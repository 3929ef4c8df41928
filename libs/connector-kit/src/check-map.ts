import type { Schema } from 'mongoose';
import type { CollectionMap, Condition, DataMap, MappedCollection } from './data-map.js';
import { withoutArrays } from './documents/paths.js';
import { mappedCollections } from './rows.js';
import { hasIndexOn, schemaPaths, type SchemaPath } from './schema-paths.js';

export type StoreSchemas = Readonly<Record<string, Schema>>;

/** One thing wrong in a data map: where, what, and how to mend it. */
export interface MapFault {
  readonly collection: string;
  readonly at: string;
  readonly problem: string;
}

/** A map that must not be used. The message lists every fault. */
export class FaultyDataMap extends Error {
  constructor(
    readonly system: string,
    readonly faults: readonly MapFault[],
  ) {
    super(
      `data map of ${system}: ${faults.length} fault(s)\n` +
        faults.map(({ collection, at, problem }) => `  ${collection} ${at}: ${problem}`).join('\n'),
    );
    this.name = 'FaultyDataMap';
  }
}

/**
 * Checks a data map against the store's schemas (architecture.md, The data map): nothing personal is forgotten silently, every declared
 * row can be reached, every person can be acted on. Returns all faults; none means that the map may be used.
 */
export function checkMap(map: DataMap, schemas: StoreSchemas): MapFault[] {
  const faults: MapFault[] = [];
  for (const name of Object.keys(schemas)) {
    if (!map.collections[name])
      faults.push({
        collection: name,
        at: '',
        problem: 'the store has this collection, the map does not: add it, with its use',
      });
  }
  for (const [name, collection] of Object.entries(map.collections)) {
    const schema = schemas[name];
    const report = (at: string, problem: string) => faults.push({ collection: name, at, problem });
    checkLabels(collection, report);
    if (!schema) {
      report('', 'the map has this collection, the schemas do not: remove it, or add its schema');
      continue;
    }
    if (collection.use === 'mapped') new CollectionCheck(map, schemas, collection, schema, report).run();
  }
  for (const name of unreachable(map)) {
    faults.push({
      collection: name,
      at: '',
      problem: 'cannot be reached: it has neither `people` nor a chain of `reached` that begins at people',
    });
  }
  checkPeriod(map, faults);
  return faults;
}

/** Start-up guard: throws {@link FaultyDataMap} unless the map is sound. */
export function requireSoundMap(map: DataMap, schemas: StoreSchemas): void {
  const faults = checkMap(map, schemas);
  if (faults.length > 0) throw new FaultyDataMap(map.system, faults);
}

type Report = (at: string, problem: string) => void;

function checkPeriod(map: DataMap, faults: MapFault[]): void {
  const month = map.fiscalYearEndsIn;
  if (month !== undefined && !(Number.isInteger(month) && month >= 1 && month <= 12))
    faults.push({ collection: '', at: 'fiscalYearEndsIn', problem: 'must be a month from 1 to 12' });
}

/** Every `label`, `law` and `reason` in the map needs words in both languages. */
function checkLabels(collection: CollectionMap, report: Report): void {
  const visit = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null || value instanceof Date) return;
    if (Array.isArray(value)) return value.forEach((element, index) => visit(element, `${at}[${index}]`));
    const object = value as Record<string, unknown>;
    if ('ja' in object || 'en' in object) {
      for (const language of ['ja', 'en']) {
        const words = object[language];
        if (typeof words !== 'string' || words.trim() === '') report(at, `no words in language ${language}`);
      }
      return;
    }
    for (const [name, inner] of Object.entries(object)) {
      if (name === 'set' || name === 'value' || name === 'onErase') continue;
      visit(inner, at === '' ? name : `${at}.${name}`);
    }
  };
  visit(collection, '');
}

class CollectionCheck {
  private readonly paths: Map<string, SchemaPath>;
  private readonly prefixes = new Set<string>();

  constructor(
    private readonly map: DataMap,
    private readonly schemas: StoreSchemas,
    private readonly collection: MappedCollection,
    private readonly schema: Schema,
    private readonly report: Report,
  ) {
    this.paths = new Map(schemaPaths(schema).map((path) => [path.path, path]));
    for (const path of this.paths.keys()) {
      const names = path.split('.');
      for (let length = 1; length < names.length; length++) this.prefixes.add(names.slice(0, length).join('.'));
    }
  }

  run(): void {
    this.checkFields();
    this.checkPeople();
    this.checkReaches();
    this.checkRules();
    if (this.collection.purposes.length === 0)
      this.report('purposes', 'no purpose of use: APPI art. 32(2) has them told to the person');
  }

  private checkFields(): void {
    const mentioned = new Set(Object.keys(this.collection.fields).map(withoutArrays));
    for (const { path, written } of this.paths.values()) {
      if (!mentioned.has(path))
        this.report(written, 'the schema has this path, the map does not: describe it in `fields`');
    }
    const roles = this.roles();
    for (const [path, field] of Object.entries(this.collection.fields)) {
      const plain = withoutArrays(path);
      if (!this.knows(path)) this.report(path, 'the map has this path, the schema does not');
      if (plain === '_id' && ['identity', 'contact', 'special-care'].includes(field.category))
        this.report(
          path,
          'an `_id` that is personal data cannot stand in the side index: give the collection a neutral id',
        );
      for (const role of field.of === undefined ? [] : [field.of].flat()) {
        if (role !== 'other' && !roles.has(role))
          this.report(path, `of "${role}": no person or reached row has this role`);
      }
    }
  }

  private roles(): Set<string> {
    return new Set([
      ...(this.collection.people ?? []).map(({ role }) => role),
      ...(this.collection.reached ?? []).map(({ as }) => as),
    ]);
  }

  private checkPeople(): void {
    for (const person of this.collection.people ?? []) {
      const where = `people(${person.role})`;
      if (person.at !== '') {
        const inside = [...this.paths.values()].some(
          ({ path, inArray }) => inArray && path.startsWith(`${person.at}.`),
        );
        if (!inside) this.report(where, `at "${person.at}" is no array of sub-documents in the schema`);
        if (!person.elementKey)
          this.report(where, 'an element of an array needs `elementKey`: without it there is no key to act on');
        else if (withoutArrays(person.elementKey) !== '_id' && !this.knows(`${person.at}.${person.elementKey}`))
          this.report(where, `elementKey "${person.elementKey}" is unknown to the schema`);
      }
      const identifying = Object.entries(person.identify);
      if (identifying.length === 0) this.report(where, '`identify` is empty: nobody could be recognised');
      for (const [identifier, paths] of identifying) {
        for (const path of [paths].flat()) {
          const absolute = path.startsWith('/') ? path.slice(1) : person.at === '' ? path : `${person.at}.${path}`;
          if (!this.knows(absolute)) this.report(where, `identify.${identifier} "${path}" is unknown to the schema`);
        }
      }
    }
  }

  private checkReaches(): void {
    for (const reach of this.collection.reached ?? []) {
      const where = `reached(${reach.as} from ${reach.from.collection})`;
      const source = this.map.collections[reach.from.collection];
      if (source?.use !== 'mapped') {
        this.report(where, `collection "${reach.from.collection}" is not a mapped collection`);
        continue;
      }
      const sourceRoles = new Set([
        ...(source.people ?? []).map((p) => p.role),
        ...(source.reached ?? []).map((r) => r.as),
      ]);
      if (!sourceRoles.has(reach.from.role))
        this.report(where, `${reach.from.collection} has no role "${reach.from.role}"`);
      const pairs = Object.entries(reach.on);
      if (pairs.length === 0) this.report(where, '`on` is empty: nothing says which rows belong together');
      if (pairs.length > 0 && !pairs.some(([own]) => hasIndexOn(this.schema, own)))
        this.report(
          where,
          `no index on ${pairs.map(([own]) => own).join(' or ')}: following the reference would scan the collection`,
        );
      const sourceSchema = this.schemas[reach.from.collection];
      for (const [own, theirs] of pairs) {
        if (!this.knows(own)) this.report(where, `on "${own}" is unknown to the schema`);
        if (sourceSchema) this.checkSourcePath(where, theirs, reach.from.role, source, sourceSchema);
      }
      this.checkConditions(`${where}.when`, reach.when);
    }
  }

  private checkSourcePath(where: string, path: string, role: string, source: MappedCollection, schema: Schema): void {
    const known = new Set(schemaPaths(schema).map((each) => each.path));
    const person = source.people?.find((candidate) => candidate.role === role);
    if (path.startsWith('@.') && (!person || person.at === ''))
      return this.report(where, `"${path}": role "${role}" is no array element, so "@." means nothing`);
    const absolute = withoutArrays(path.startsWith('@.') ? `${person?.at}.${path.slice(2)}` : path);
    if (!known.has(absolute) && !absolute.endsWith('_id'))
      this.report(where, `"${path}" is unknown to the schema it leads from`);
  }

  private checkRules(): void {
    const { collection, report } = this;
    for (const rule of collection.retention ?? []) {
      const where = `retention(${rule.rule})`;
      for (const from of this.resolve(rule.from)) {
        const path = this.paths.get(withoutArrays(from));
        if (!path) report(where, `from "${rule.from}" is unknown to the schema`);
        else if (path.type !== 'Date') report(where, `from "${rule.from}" is no date in the schema`);
      }
      if (!(rule.years > 0)) report(where, 'years must be above 0');
      for (const path of rule.keeps) if (!this.knows(path)) report(where, `keeps "${path}" is unknown to the schema`);
      this.checkConditions(where, rule.when);
    }
    this.checkConditions('legalHold', collection.legalHold?.when);
    if (collection.legalHold && collection.legalHold.when.length === 0)
      report('legalHold', '`when` is empty: every row would be held for ever');
    for (const blocker of collection.blockers ?? []) {
      this.checkConditions(`blocker(${blocker.code})`, blocker.when);
      if (blocker.when.length === 0) report(`blocker(${blocker.code})`, '`when` is empty: every row would block');
    }
    for (const ending of collection.endings ?? []) this.checkConditions(`ending(${ending.code})`, ending.when);
    for (const rule of collection.suppress ?? []) this.checkSet(`suppress(${rule.purpose})`, rule.set);
    if (collection.restrict) this.checkSet('restrict', collection.restrict.set);
    for (const path of collection.mentions ?? [])
      if (!this.knows(path)) report('mentions', `"${path}" is unknown to the schema`);
    for (const path of collection.file ? Object.values(collection.file) : [])
      if (!this.knows(path)) report('file', `"${path}" is unknown to the schema`);
    if (collection.erase.action === 'remove-person' && !(collection.people ?? []).some(({ at }) => at !== ''))
      report('erase', 'remove-person needs a person whose `at` is an array');
  }

  private checkConditions(where: string, conditions: readonly Condition[] | undefined): void {
    for (const condition of conditions ?? []) {
      for (const path of this.resolve(condition.path))
        if (!this.knows(path)) this.report(where, `when "${condition.path}" is unknown to the schema`);
    }
  }

  private checkSet(where: string, set: Readonly<Record<string, unknown>>): void {
    if (Object.keys(set).length === 0) this.report(where, '`set` is empty: it would change nothing');
    for (const written of Object.keys(set)) {
      for (const path of this.resolve(written)) {
        const known = this.paths.get(withoutArrays(path));
        if (!known) this.report(where, `set "${written}" is unknown to the schema`);
        else if (known.inArray && !written.startsWith('@.'))
          this.report(where, `set "${written}" lies in an array: write it relative to the person's element ("@.")`);
      }
    }
  }

  /** `@.` stands for each array in which a person is an element. */
  private resolve(path: string): string[] {
    if (!path.startsWith('@.')) return [path];
    const arrays = (this.collection.people ?? []).filter(({ at }) => at !== '').map(({ at }) => at);
    if (arrays.length === 0) this.report(path, '"@." is used, but no person is an array element here');
    return arrays.map((at) => `${at}.${path.slice(2)}`);
  }

  private knows(path: string): boolean {
    const plain = withoutArrays(path);
    return this.paths.has(plain) || this.prefixes.has(plain) || plain === '_id' || /\._id$/.test(plain);
  }
}

/** Mapped collections that locating would never come to. A cycle of references that no person leads into is one such case. */
function unreachable(map: DataMap): string[] {
  const collections = mappedCollections(map);
  const roles = new Set<string>(
    collections.flatMap(([name, { people }]) => (people ?? []).map(({ role }) => `${name}\u0000${role}`)),
  );
  for (let before = -1; before !== roles.size;) {
    before = roles.size;
    for (const [name, { reached }] of collections)
      for (const { as, from } of reached ?? [])
        if (roles.has(`${from.collection}\u0000${from.role}`)) roles.add(`${name}\u0000${as}`);
  }
  const live = new Set([...roles].map((role) => role.slice(0, role.indexOf('\u0000'))));
  return collections
    .filter(([name, { mentions }]) => !live.has(name) && !(mentions && mentions.length > 0))
    .map(([name]) => name);
}
