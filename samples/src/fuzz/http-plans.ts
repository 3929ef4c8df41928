import { ROLES, type Role } from '@kenri/contracts';
import fc from 'fast-check';
import type { Operation, Parameter } from './http-operations.js';
import { INHERITED_NAMES, MARKS, valuesOf } from './schema-values.js';
import { spoilings, TEXT_FAULTS, type Json, type Spoiling, type TextFault } from './spoiling.js';

// What a request is going to be, as plain data: ids and tags of the running installation are named, not quoted, so that a plan
// can be made smaller and carried out again.

export type CallerPlan = 'permitted' | Role | 'nobody' | 'no-roles' | 'garbage' | 'two-roles';
/** `known`: of the object that the plan is about; otherwise the text as it stands, percent-encoded or raw. */
export type ValuePlan = 'known' | { text: string } | { raw: string };
export type BodyPlan =
  | { is: 'none' }
  | { is: 'usual'; spoilt: Spoiling[] }
  | { is: 'allowed'; value: Json; spoilt: Spoiling[] }
  | { is: 'bad-text'; fault: TextFault }
  | { is: 'oversized'; bytes: number; length: 'announced' | 'chunked' }
  | { is: 'truncated' };

export interface RequestPlan {
  caller: CallerPlan;
  /** Which of the known applications and cases it is about. */
  about: number;
  path: Record<string, ValuePlan>;
  query: [name: string, value: string][];
  contentType: string | null;
  /** `current`: the tag that the object has at that moment. */
  ifMatch: string | null;
  idempotencyKey: 'fresh' | 'again' | { text: string } | null;
  secret: 'known' | { text: string } | null;
  language: string | null;
  body: BodyPlan;
}

const ODD_TEXTS = [
  '',
  '0',
  '-1',
  'null',
  'undefined',
  '[object Object]',
  '..',
  '../../health/live',
  'a'.repeat(101),
  'a'.repeat(5000),
  `${MARKS[0]} ${MARKS[1]}`,
  MARKS[1],
  '\u0000',
  'a\r\nset-cookie: x=1',
  '\u202e',
  '😀',
  '\'"`;<script>',
  '$ne',
  '{"$gt":""}',
  '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  ...INHERITED_NAMES,
];
const RAW_PATHS = ['%', '%zz', '%c3%28', '%ff', '%00', '%2e%2e%2f', '%252e', '//', ';v=1', '*', '?', '{id}', '%F0%9F'];
const LATIN = ['', ' ', '"', 'é', 'x'.repeat(2000), MARKS[0], '\t', '{}', '0'];

const pathValues: fc.Arbitrary<ValuePlan> = fc.oneof(
  { weight: 12, arbitrary: fc.constant('known' as const) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_TEXTS).map((text) => ({ text })) },
  { weight: 1, arbitrary: fc.constantFrom(...RAW_PATHS).map((raw) => ({ raw })) },
);

/** Allowed values, odd ones, a parameter twice, one that does not exist, one with an operator. */
function queries(operation: Operation): fc.Arbitrary<[string, string][]> {
  const known = operation.parameters.filter((parameter) => parameter.in === 'query');
  const odd: fc.Arbitrary<[string, string]> = fc.tuple(
    fc.constantFrom(...known.map(({ name }) => name), 'unknown', 'limit[$gt]', '__proto__', 'limit[]', 'a.b', MARKS[0]),
    fc.constantFrom(...ODD_TEXTS),
  );
  const oneOf = ({ name, schema = {} }: Parameter): fc.Arbitrary<[string, string]> =>
    valuesOf(schema, operation.resolve).map((value) => [name, String(value)]);
  const allowed =
    known.length > 0 ? fc.array(fc.oneof(...known.map(oneOf)), { maxLength: 3 }) : fc.constant<[string, string][]>([]);
  return fc.oneof(
    { weight: 5, arbitrary: allowed },
    { weight: known.length > 0 ? 3 : 1, arbitrary: fc.array(odd, { minLength: 1, maxLength: 2 }) },
  );
}

const callers = ({ access }: Operation): fc.Arbitrary<CallerPlan> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constant(access.roles.length > 0 && !access.public ? ('permitted' as const) : 'nobody'),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom('permitted' as const, ...ROLES, 'nobody', 'no-roles', 'garbage', 'two-roles'),
    },
  );

const CONTENT_TYPES = [
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/json;',
  'APPLICATION/JSON',
  'application/jsonp',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/html; charset=x',
  'application/octet-stream',
  '*/*',
  ';;;',
  '',
];

function bodies(operation: Operation): fc.Arbitrary<BodyPlan> {
  if (!operation.body) {
    const unasked: BodyPlan[] = [
      { is: 'allowed', value: { extra: MARKS[0] }, spoilt: [] },
      { is: 'allowed', value: [1], spoilt: [] },
      { is: 'bad-text', fault: 'cut-in-half' },
    ];
    return fc.oneof(
      { weight: 5, arbitrary: fc.constant<BodyPlan>({ is: 'none' }) },
      { weight: 1, arbitrary: fc.constantFrom(...unasked) },
    );
  }
  const spoilt = fc.oneof(
    { weight: 1, arbitrary: fc.constant<Spoiling[]>([]) },
    { weight: 2, arbitrary: fc.array(spoilings, { minLength: 1, maxLength: 2 }) },
  );
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ is: fc.constant('usual' as const), spoilt }) },
    {
      weight: 8,
      arbitrary: fc.record({
        is: fc.constant('allowed' as const),
        value: valuesOf(operation.body.schema, operation.resolve) as fc.Arbitrary<Json>,
        spoilt,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ is: fc.constant('bad-text' as const), fault: fc.constantFrom(...TEXT_FAULTS) }),
    },
    { weight: 1, arbitrary: fc.constant<BodyPlan>({ is: 'none' }) },
    {
      weight: 1,
      arbitrary: fc.oneof(
        fc.constant<BodyPlan>({ is: 'truncated' }),
        fc.record({
          is: fc.constant('oversized' as const),
          bytes: fc.constantFrom(262_145, 1_000_000, 5_000_000),
          length: fc.constantFrom('announced' as const, 'chunked' as const),
        }),
      ),
    },
  );
}

const wants = ({ parameters }: Operation, header: string) =>
  parameters.some(({ in: place, name }) => place === 'header' && name.toLowerCase() === header);

/** Most requests are right in all but one or two respects: whatever is wrong everywhere is refused at the first door. */
export function requestPlans(operation: Operation): fc.Arbitrary<RequestPlan> {
  const seldom = <T>(usual: T, odd: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: odd });
  const names = operation.parameters.filter(({ in: place }) => place === 'path').map(({ name }) => name);
  return fc.record<RequestPlan>({
    caller: callers(operation),
    about: fc.nat({ max: 1000 }),
    path: fc.record(Object.fromEntries(names.map((name) => [name, pathValues]))),
    query: queries(operation),
    contentType: seldom<string | null>(
      operation.body ? 'application/json' : null,
      fc.constantFrom(null, ...CONTENT_TYPES),
    ),
    ifMatch: seldom<string | null>(
      wants(operation, 'if-match') || operation.method === 'PUT' || operation.path.includes('/plan') ? 'current' : null,
      fc.constantFrom(
        'current',
        '*',
        '"0"',
        'W/"1"',
        '"1", "2"',
        'x',
        '"',
        `"${MARKS[0]}"`,
        `"${'9'.repeat(400)}"`,
        ...LATIN,
      ),
    ),
    idempotencyKey: seldom<RequestPlan['idempotencyKey']>(
      operation.method === 'POST' ? 'fresh' : null,
      fc.oneof(
        fc.constantFrom(null, 'again' as const),
        fc.constantFrom('short', 'x'.repeat(201), MARKS[0], ...LATIN).map((text) => ({ text })),
      ),
    ),
    secret: seldom<RequestPlan['secret']>(
      operation.access.applicant ? 'known' : null,
      fc.oneof(
        fc.constant(null),
        fc.constantFrom(...LATIN).map((text) => ({ text })),
      ),
    ),
    language: fc.constantFrom(null, 'en', 'ja', 'fr;q=0.9, *;q=0', ',;q=', 'x'.repeat(3000)),
    body: bodies(operation),
  });
}
