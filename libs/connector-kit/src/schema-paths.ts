import type { Schema, SchemaType } from 'mongoose';
import { withoutArrays } from './documents/paths.js';

/** One path of a store's schema, as the data map writes it. */
export interface SchemaPath {
  /** Without array marks: `contacts.tel`. */
  readonly path: string;
  /** As the map shows it: `contacts[].tel`. */
  readonly written: string;
  /** Mongoose's name of the type: `String`, `Date`, `Array`, … */
  readonly type: string;
  readonly inArray: boolean;
}

/** Technical paths that a map need not mention. */
const UNMENTIONED = new Set(['_id', '__v']);
const lastName = (path: string) => path.slice(path.lastIndexOf('.') + 1);

interface Nested {
  readonly schema?: Schema;
  readonly embeddedSchemaType?: { readonly schema?: Schema; readonly instance?: string };
  readonly instance: string;
}

/** Every leaf path of a mongoose schema, sub-documents and arrays opened, `_id` and `__v` left out. */
export function schemaPaths(schema: Schema, prefix = '', inArray = false): SchemaPath[] {
  const found: SchemaPath[] = [];
  schema.eachPath((name: string, type: SchemaType) => {
    const nested = type as unknown as Nested;
    const plainName = name.replace(/\.?\$\*$/, '');
    const written = prefix === '' ? plainName : `${prefix}.${plainName}`;
    const isArray = nested.instance === 'Array' || nested.instance === 'DocumentArray';
    const inner = nested.schema ?? nested.embeddedSchemaType?.schema;
    if (inner) {
      found.push(...schemaPaths(inner, isArray ? `${written}[]` : written, inArray || isArray));
      return;
    }
    if (UNMENTIONED.has(lastName(plainName)) || name.endsWith('$*')) return;
    found.push({ path: withoutArrays(written), written, type: isArray ? 'Array' : nested.instance, inArray });
  });
  return found;
}

/** Whether the schema has an index that begins with this path. `_id` always has one. */
export function hasIndexOn(schema: Schema, path: string): boolean {
  const plain = withoutArrays(path);
  if (plain === '_id') return true;
  return schema.indexes().some(([keys]) => Object.keys(keys)[0] === plain);
}
