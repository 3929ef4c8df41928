// For the tests of this service only: whether an answer is what the OpenAPI document says it is.

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  type?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
}
interface Document {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
  components: { schemas: Record<string, Schema> };
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
};

/** Where an answer differs from its schema, as JSON pointers with what is wrong; a member that the schema does not name is a difference. */
export function differences(document: Document, path: string, answer: unknown, method = 'get'): string[] {
  const responses = document.paths[path]?.[method]?.responses ?? {};
  const schema = Object.values(responses).find((response) => response.content?.['application/json'])?.content?.[
    'application/json'
  ]?.schema;
  return schema ? check(document, schema, answer, '') : [`${method} ${path} has no schema`];
}

function check(document: Document, schema: Schema, value: unknown, at: string): string[] {
  if (schema.$ref !== undefined) {
    const found = document.components.schemas[schema.$ref.split('/').pop()!];
    return found ? check(document, found, value, at) : [`${at}: ${schema.$ref} is not in the document`];
  }
  if (schema.allOf) return schema.allOf.flatMap((part) => check(document, part, value, at));
  const either = schema.oneOf ?? schema.anyOf;
  if (either) {
    const tried = either.map((part) => check(document, part, value, at));
    return tried.some((faults) => faults.length === 0) ? [] : (tried.find((faults) => faults.length > 0) ?? []);
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${JSON.stringify(value)} is not in the list`];
  const type = typeOf(value);
  if (schema.type !== undefined && schema.type !== type && !(schema.type === 'number' && type === 'integer')) {
    return [`${at}: is ${type}, documented as ${schema.type}`];
  }
  if (type === 'array')
    return (value as unknown[]).flatMap((item, n) => check(document, schema.items ?? {}, item, `${at}/${n}`));
  if (type !== 'object') return [];
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required
    .filter((name) => !Object.hasOwn(value as object, name))
    .map((name) => `${at}/${name}: absent`);
  const members = Object.entries(value as Record<string, unknown>).flatMap(([name, member]) => {
    const known = properties[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (known) return check(document, known, member, `${at}/${name}`);
    return additionalProperties === true ? [] : [`${at}/${name}: not documented`];
  });
  return [...missing, ...members];
}
