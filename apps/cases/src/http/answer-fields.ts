import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { Type } from '@nestjs/common';

// What the fields of an answer look like in the OpenAPI document (3.1: null is a type of its own).

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

export const text = { type: 'string' } as const;
export const time = { type: 'string', format: 'date-time' } as const;
export const count = { type: 'integer', minimum: 0 } as const;
export const yes = { type: 'boolean' } as const;
export const codes = (of: readonly string[]): Schema => ({ type: 'string', enum: [...of] });
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
/** An object whose members are named by ids, such as systems. */
export const namedBy = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
/** Another class of answers; name it in `ApiExtraModels` too. */
export const ref = (type: Type): Schema => ({ $ref: getSchemaPath(type) });
export const orNull = (schema: Schema): Schema => ({ oneOf: [schema, { type: 'null' }] });
/** A schema of the contracts, as it stands there. */
export const contract = (schema: object): Schema => JSON.parse(JSON.stringify(schema)) as Schema;

/** A field of an answer. `allOf` keeps Nest from reading the schema as options of its own. */
export const Shown = (schema: Schema, description?: string): PropertyDecorator =>
  ApiProperty({ allOf: [schema], ...(description !== undefined && { description }) });
/** One that may be absent. */
export const ShownWhere = (schema: Schema, description: string): PropertyDecorator =>
  ApiProperty({ allOf: [schema], description, required: false });
