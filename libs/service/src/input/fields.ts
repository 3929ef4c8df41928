import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';

/** One decorator per field makes both its check and its OpenAPI schema, so that the two cannot differ (SWC emits no metadata for either). */
interface FieldOptions {
  optional?: boolean;
  description?: string;
  example?: unknown;
}
interface ListOptions {
  /** Least and most entries; 0 and 20 by default. */
  minItems?: number;
  maxItems?: number;
  unique?: boolean;
}

/** Absent is allowed, null is not: what the documents say is optional is left out, never null. */
const unlessAbsent = () => ValidateIf((_owner, value) => value !== undefined);

const field = (
  options: FieldOptions,
  schema: Record<string, unknown>,
  checks: PropertyDecorator[],
): PropertyDecorator =>
  applyDecorators(
    ...(options.optional ? [unlessAbsent()] : []),
    ...checks,
    ApiProperty({
      required: !options.optional,
      ...(options.description !== undefined && { description: options.description }),
      ...(options.example !== undefined && { example: options.example }),
      ...schema,
    }),
  );

const listChecks = ({ minItems = 0, maxItems = 20, unique = false }: ListOptions): PropertyDecorator[] => [
  IsArray(),
  ArrayMinSize(minItems),
  ArrayMaxSize(maxItems),
  ...(unique ? [ArrayUnique()] : []),
];
const listSchema = ({ minItems = 0, maxItems = 20, unique = false }: ListOptions) => ({
  minItems,
  maxItems,
  ...(unique && { uniqueItems: true }),
});

export interface TextOptions extends FieldOptions {
  min?: number;
  /** Unicode code points; 500 by default, as in the contracts' schemas. */
  max?: number;
  pattern?: RegExp;
}
const textSchema = ({ min = 1, max = 500, pattern }: TextOptions) => ({
  type: 'string',
  minLength: min,
  maxLength: max,
  ...(pattern && { pattern: pattern.source }),
});
const textChecks = ({ min = 1, max = 500, pattern }: TextOptions, each = false): PropertyDecorator[] => [
  IsString({ each }),
  MinLength(min, { each }),
  MaxLength(max, { each }),
  ...(pattern ? [Matches(pattern, { each })] : []),
];

export const TextField = (options: TextOptions = {}): PropertyDecorator =>
  field(options, textSchema(options), textChecks(options));

export const TextListField = (options: TextOptions & ListOptions = {}): PropertyDecorator =>
  field(options, { type: 'array', items: textSchema(options), ...listSchema(options) }, [
    ...listChecks(options),
    ...textChecks(options, true),
  ]);

export const ChoiceField = (options: FieldOptions & { of: readonly string[] }): PropertyDecorator =>
  field(options, { type: 'string', enum: [...options.of] }, [IsIn(options.of)]);

export const ChoiceListField = (options: FieldOptions & ListOptions & { of: readonly string[] }): PropertyDecorator => {
  const set = { unique: true, ...options };
  return field(options, { type: 'array', items: { type: 'string', enum: [...options.of] }, ...listSchema(set) }, [
    ...listChecks(set),
    IsIn(options.of, { each: true }),
  ]);
};

export interface IntegerOptions extends FieldOptions {
  min: number;
  max: number;
  /** Set for query parameters, which arrive as text. */
  fromText?: boolean;
  default?: number;
}
export const IntegerField = (options: IntegerOptions): PropertyDecorator =>
  field(
    options,
    {
      type: 'integer',
      minimum: options.min,
      maximum: options.max,
      ...(options.default !== undefined && { default: options.default }),
    },
    [...(options.fromText ? [Type(() => Number)] : []), IsInt(), Min(options.min), Max(options.max)],
  );

export const BooleanField = (options: FieldOptions = {}): PropertyDecorator =>
  field(options, { type: 'boolean' }, [IsBoolean()]);

@ValidatorConstraint({ name: 'isCalendarDate' })
class CalendarDate implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
    const time = Date.parse(`${value}T00:00:00Z`);
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
  }
}
/** A day of the calendar, `YYYY-MM-DD` (ISO 8601). */
export const DateField = (options: FieldOptions = {}): PropertyDecorator =>
  field(options, { type: 'string', format: 'date' }, [Validate(CalendarDate)]);

@ValidatorConstraint({ name: 'isInstant' })
class Instant implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return (
      typeof value === 'string' &&
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(value) &&
      !Number.isNaN(Date.parse(value))
    );
  }
}
/** A moment with its offset (RFC 3339). */
export const InstantField = (options: FieldOptions = {}): PropertyDecorator =>
  field(options, { type: 'string', format: 'date-time' }, [Validate(Instant)]);

/** Asked lazily; the arrow around it below is named `type`, by which swagger knows a lazy class from a class. */
type ClassOf = () => new () => object;

export const ObjectField = (type: ClassOf, options: FieldOptions = {}): PropertyDecorator =>
  // IsObject, because ValidateNested alone lets an array of anything pass for the object.
  field(options, { type: () => type() }, [IsObject(), ValidateNested(), Type(type)]);

export const ObjectListField = (type: ClassOf, options: FieldOptions & ListOptions = {}): PropertyDecorator =>
  field(options, { type: () => type(), isArray: true, ...listSchema(options) }, [
    ...listChecks(options),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(type),
  ]);

/** Answered as the schema says, or null. By an array of types the document's generator would understand an array. */
export const AnswerOrNull = (description: string, schema: { type: string; format?: string }): PropertyDecorator =>
  ApiProperty({ description, oneOf: [schema, { type: 'null' }] });

/** A number or text that is only ever answered, never read. */
export const AnswerField = (options: ApiPropertyOptions): PropertyDecorator => ApiProperty(options);
