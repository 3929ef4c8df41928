import { ROLES, type Role } from '@kenri/contracts';
import type { ServiceName } from '@kenri/local';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Schema } from './schema-values.js';
import type { Json } from './spoiling.js';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema?: Schema;
}
interface Content {
  schema?: Schema;
  examples?: Record<string, { value: Json }>;
}
interface OperationObject {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content> }>;
  'x-kenri-access'?: string;
}
export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, OperationObject>>;
  components?: { schemas?: Record<string, Schema> };
}

/** One operation of a service, as its OpenAPI document tells it. */
export interface Operation {
  service: ServiceName;
  method: string;
  /** With `{names}` where the parameters stand. */
  path: string;
  /** `intake POST /applications`. */
  name: string;
  /** Who may call it. */
  access: { public: boolean; applicant: boolean; roles: Role[] };
  parameters: Parameter[];
  body?: { schema: Schema; examples: Json[] };
  resolve: (ref: string) => Schema;
  /** True where the body is as the document demands. */
  allows: (body: unknown) => boolean;
  /** What is wrong with a successful answer, or nothing. */
  differs: (status: number, contentType: string, body: unknown) => string | undefined;
}

function accessOf(text: string): Operation['access'] {
  const roles = ROLES.filter((role) => text.split(/[ ,:]+/).includes(role));
  return { public: text.startsWith('public'), applicant: text.startsWith('applicant'), roles };
}

const pointer = (...steps: string[]) =>
  steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/** Every operation of a service's OpenAPI 3.1 document. */
export function operationsOf(service: ServiceName, document: OpenApi): Operation[] {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  formats.default(ajv);
  ajv.addSchema(document, 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  const validator = (at: string): ValidateFunction => {
    let found = compiled.get(at);
    if (!found) compiled.set(at, (found = ajv.compile({ $ref: `openapi#${at}` })));
    return found;
  };
  const resolve = (ref: string): Schema => {
    const found = document.components?.schemas?.[ref.split('/').at(-1) ?? ''];
    if (!found) throw new Error(`${service}: ${ref} is not in the OpenAPI document`);
    return found;
  };
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]): Operation => {
      const json = operation.requestBody?.content['application/json'];
      const access = operation['x-kenri-access'];
      if (access === undefined) throw new Error(`${service} ${verb} ${path} does not say who may call it`);
      return {
        service,
        method: verb.toUpperCase(),
        path,
        name: `${service} ${verb.toUpperCase()} ${path}`,
        access: accessOf(access),
        parameters: operation.parameters ?? [],
        ...(json?.schema && {
          body: { schema: json.schema, examples: Object.values(json.examples ?? {}).map(({ value }) => value) },
        }),
        resolve,
        allows: (body) =>
          !json?.schema ||
          validator(pointer('paths', path, verb, 'requestBody', 'content', 'application/json', 'schema'))(body),
        differs: (status, contentType, body) => {
          const documented = operation.responses[String(status)];
          if (!documented) return `status ${status} is not documented`;
          const content = documented.content?.['application/json'];
          if (!content?.schema || !contentType.startsWith('application/json')) return undefined;
          const validate = validator(
            pointer('paths', path, verb, 'responses', String(status), 'content', 'application/json', 'schema'),
          );
          if (validate(body)) return undefined;
          const [error] = validate.errors ?? [];
          return `${error?.instancePath || '/'} ${error?.message ?? 'differs'} (${JSON.stringify(error?.params)})`;
        },
      };
    }),
  );
}
