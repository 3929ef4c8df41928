import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { TSchema, Static } from 'typebox';
import { EVENTS, type EventType, type Payload } from './events.js';

const ajv = new Ajv2020({ allErrors: false, strict: true, strictTypes: false });
formats.default(ajv);

const compiled = new Map<TSchema, ValidateFunction>();
const validatorOf = (schema: TSchema): ValidateFunction => {
  let validate = compiled.get(schema);
  if (!validate) compiled.set(schema, (validate = ajv.compile(schema)));
  return validate;
};

/** Why a value does not fit its schema: where, and which rule. Never the value itself (it may be personal). */
export interface SchemaViolation {
  /** JSON Pointer (RFC 6901) to the offending place. */
  pointer: string;
  rule: string;
}

export type Checked<T> = { ok: true; value: T } | { ok: false; violation: SchemaViolation };

/** Checks a value against a schema of this package. Unknown fields are ignored; the first violation is reported. */
export function check<S extends TSchema>(schema: S, value: unknown): Checked<Static<S>> {
  const validate = validatorOf(schema);
  if (validate(value)) return { ok: true, value: value as Static<S> };
  const first = validate.errors?.[0];
  return {
    ok: false,
    violation: {
      pointer: first?.instancePath || '/',
      rule: first ? `${first.keyword} ${describe(first.params)}`.trim() : 'unknown',
    },
  };
}

const describe = (params: Record<string, unknown>): string =>
  Object.entries(params)
    .filter(([name]) => ['missingProperty', 'type', 'format', 'limit', 'pattern', 'allowedValues'].includes(name))
    .map(([name, wanted]) => `${name}=${JSON.stringify(wanted)}`)
    .join(' ');

export const isEventType = (type: string): type is EventType => Object.hasOwn(EVENTS, type);

/** Checks a payload against the schema of its event type. */
export function checkPayload<T extends EventType>(type: T, payload: unknown): Checked<Payload<T>> {
  return check(EVENTS[type].schema, payload) as Checked<Payload<T>>;
}
