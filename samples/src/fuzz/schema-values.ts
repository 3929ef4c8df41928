import fc from 'fast-check';

/** JSON Schema 2020-12, as far as Kenri's OpenAPI documents and payload schemas use it. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly not?: Schema;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

/** What every free text of the fuzz carries, so that it can be searched for where no text of a person may be. */
export const MARKS = ['kanaria-Zx81qW', '金糸雀野鳥子'] as const;

/** Longer lists and texts are made by spoiling, on purpose. */
const MOST_ITEMS = 3;
const MOST_FREE_TEXT = 60;

/** Dates that calendars and clocks trip over, as far as a schema lets them. The last year is left free: due dates are reckoned from others. */
const TIMES = [
  '2026-01-31T00:00:00Z',
  '1900-01-01T00:00:00+14:00',
  '2998-12-31T23:59:59.999999999-12:00',
  '1970-01-01T00:00:00.000Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59.999999999-23:59',
  '1998-12-31T23:59:60Z',
  '2016-12-31T23:59:60Z',
  '2024-02-29T12:00:00+09:00',
  '2026-06-01t00:00:00z',
  '2026-06-01 00:00:00Z',
];

/** Names that every JavaScript object answers to. */
export const INHERITED_NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];

const freeText = (least: number, most: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...MARKS), fc.string({ unit: 'grapheme', maxLength: MOST_FREE_TEXT }))
    .map(([mark, rest]) => {
      const points = [...`${mark}${rest.replaceAll(CONTROL, '')}`.toWellFormed()].slice(0, most);
      return points.join('').padEnd(least, mark);
    });
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

const texts = ({ pattern, format, not, minLength = 0, maxLength = 500 }: Schema): fc.Arbitrary<string> => {
  if (format === 'date-time') {
    const near = fc.integer({ min: -40, max: 40 }).map((day) => new Date(NOW + day * DAY).toISOString());
    const odd = TIMES.filter((time) => pattern === undefined || new RegExp(pattern).test(time));
    return fc.oneof({ weight: 3, arbitrary: near }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
  }
  if (format === 'date')
    return fc.oneof(
      fc.integer({ min: -400, max: 400 }).map((day) => new Date(NOW + day * DAY).toISOString().slice(0, 10)),
      fc.constantFrom('0000-01-01', '9999-12-31', '2024-02-29'),
    );
  if (pattern === undefined) return freeText(minLength, maxLength);
  const form = new RegExp(pattern);
  const special = INHERITED_NAMES.filter((name) => form.test(name) && name.length <= maxLength && not?.const !== name);
  const any = fc.stringMatching(form, { size: 'small' }).filter((text) => text.length <= maxLength);
  return special.length > 0
    ? fc.oneof({ weight: 9, arbitrary: any }, { weight: 1, arbitrary: fc.constantFrom(...special) })
    : any;
};
const DAY = 86_400_000;
const NOW = Date.now();

const lists = (schema: Schema, resolve: Resolve, depth: number): fc.Arbitrary<unknown[]> => {
  const { items = {}, minItems = 0, maxItems = MOST_ITEMS, uniqueItems = false } = schema;
  const size = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, MOST_ITEMS)) };
  const each = valuesOf(items, resolve, depth + 1);
  return uniqueItems
    ? fc.uniqueArray(each, { ...size, selector: (value) => JSON.stringify(value) })
    : fc.array(each, size);
};

function objects(schema: Schema, resolve: Resolve, depth: number): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties } = schema;
  // Deep in a recursive schema only what must be there.
  const names = Object.keys(properties).filter((name) => depth < 8 || required.includes(name));
  const known = fc.record(
    Object.fromEntries(names.map((name) => [name, valuesOf(properties[name]!, resolve, depth + 1)])),
    { requiredKeys: required.filter((name) => names.includes(name)) },
  );
  if (typeof additionalProperties !== 'object') return known;
  const more = fc.dictionary(fc.stringMatching(/^[a-z]{2,12}$/), valuesOf(additionalProperties, resolve, depth + 1), {
    maxKeys: 3,
  });
  return fc.tuple(known, more).map(([own, others]) => ({ ...others, ...own }));
}

const joined = (schemas: readonly Schema[]): Schema =>
  schemas.reduce<Schema>(
    (whole, part) => ({
      ...whole,
      ...part,
      ...(whole.properties && { properties: { ...whole.properties, ...part.properties } }),
      ...(whole.required && { required: [...whole.required, ...(part.required ?? [])] }),
    }),
    {},
  );

export type Resolve = (ref: string) => Schema;

/** Values that a schema allows, edges among them: the shortest, the longest sensible, the oddest dates and names. */
export function valuesOf(schema: Schema, resolve: Resolve, depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valuesOf(resolve(schema.$ref), resolve, depth);
  if (schema.allOf) {
    const parts = schema.allOf.map((part) => (part.$ref === undefined ? part : resolve(part.$ref)));
    const { allOf: _allOf, ...own } = schema;
    return valuesOf(joined([...parts, own]), resolve, depth);
  }
  const either = schema.oneOf ?? schema.anyOf;
  if (either) return fc.oneof(...either.map((one) => valuesOf(one, resolve, depth)));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'string':
      return texts(schema);
    case 'integer': {
      const { minimum: min = Number.MIN_SAFE_INTEGER, maximum: max = Number.MAX_SAFE_INTEGER } = schema;
      return fc.oneof(fc.integer({ min, max: Math.min(max, min + 20) }), fc.constantFrom(min, max));
    }
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return lists(schema, resolve, depth);
    case 'object':
      return objects(schema, resolve, depth);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}
