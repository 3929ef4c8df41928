export {
  Applicant,
  ApplicantSecret,
  CurrentStaff,
  mayCall,
  Public,
  PublicOrRoles,
  Roles,
  type Access,
  type Staff,
} from './access/access.js';
export { routesWithRoles, type RouteAccess } from './access/routes.js';
export { TokenVerifier } from './access/token-verifier.js';
export { CLOCK, systemClock, type Clock } from './clock.js';
export { SERVICE_SETTINGS } from './configuration/service-settings.js';
export * as setting from './configuration/settings.js';
export { ConfigurationError, readConfiguration, type Configuration, type Settings } from './configuration/settings.js';
export { Health, type Consuming } from './health/health.controller.js';
export { etagOf, IfMatch, IfMatchVersion, requireVersion, setEtag, versionOf } from './http/etag.js';
export { Idempotent, ResourceId } from './http/idempotency.js';
export { openApiDocument } from './http/openapi.js';
export { RateLimiter, type RateLimit } from './http/rate-limit.js';
export { EventStreams, LastEventId } from './http/server-sent-events.js';
export * from './input/fields.js';
export { refuseUnreadable } from './input/json-body.js';
export { ApiPage, decodeCursor, encodeCursor, PageQuery, pageOf, type Page } from './input/paging.js';
export { languageOf } from './problems/language.js';
export { Problem, PROBLEMS, type InputFault, type ProblemCode } from './problems/problem.js';
export { ProblemFilter, problemOf, type ProblemBody } from './problems/problem-filter.js';
export { CONFIGURATION, databaseOf, type ServiceConfiguration } from './service.module.js';
export { createService, startService, type Service, type ServiceDefinition } from './start.js';
export type { FastifyReply, FastifyRequest } from 'fastify';
