import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { routesWithRoles, type RouteAccess } from '../access/routes.js';

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem details, in Japanese or English by Accept-Language',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri', example: 'urn:kenri:problem:invalid-input' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'what is wrong and how to mend it' },
    instance: { type: 'string', description: 'trace id, to be told to the operator' },
    errors: {
      type: 'array',
      description: 'one entry per faulty field',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: {
            type: 'string',
            description: 'JSON Pointer into the body; ?name for a query parameter, {name} for a path part',
          },
          detail: { type: 'string' },
        },
      },
    },
  },
} as const;

const openApiPath = (path: string) => path.replaceAll(/:([A-Za-z]+)/g, '{$1}');

const describeAccess = ({ access }: RouteAccess): string => {
  switch (access.kind) {
    case 'public':
      return 'public';
    case 'applicant':
      return 'applicant, by reference and secret';
    case 'public-or-roles':
      return `public, or staff: ${access.roles.join(', ')}`;
    case 'roles':
      return `staff: ${access.roles.join(', ')}`;
  }
};

/** The OpenAPI 3.1 document of the application: every operation says who may call it and how it answers problems. */
export function openApiDocument(app: INestApplication, title: string, description: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setDescription(description)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'staff');
  const document = SwaggerModule.createDocument(app, builder.build());
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM_SCHEMA as never };
  for (const route of routesWithRoles(app)) {
    const item = document.paths[openApiPath(route.path)] as Record<string, Operation> | undefined;
    const operation = item?.[route.method.toLowerCase()];
    if (!operation) continue;
    operation['x-kenri-access'] = describeAccess(route);
    operation.responses['default'] = {
      description: 'a problem',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  return document;
}
interface Operation {
  responses: Record<string, unknown>;
  'x-kenri-access'?: string;
}

/** Serves the document at `/openapi.json` and a page at `/docs`, whose files come from this machine (no CDN). */
export function serveOpenApi(app: INestApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: document.info.title,
  });
}
