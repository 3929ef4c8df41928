import { RequestMethod, type INestApplicationContext, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ROLES, type Role } from '@kenri/contracts';
import { ACCESS, mayCall, type Access } from './access.js';

export interface RouteAccess {
  method: string;
  /** As declared, with `:name` for parameters. */
  path: string;
  access: Access;
  /** Roles whose token the guard lets through. */
  roles: readonly Role[];
  /** `Controller.method`, for messages. */
  handler: string;
}

const pathOf = (...parts: string[]) =>
  `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
const asList = (path: string | string[] | undefined) => (Array.isArray(path) ? path : [path ?? '']);

/** All HTTP routes of the application's controllers with who may call them. Throws, naming each route that does not say. */
export function routesWithRoles(app: INestApplicationContext): RouteAccess[] {
  const reflector = app.get(Reflector);
  const scanner = new MetadataScanner();
  const silent: string[] = [];
  const routes: RouteAccess[] = [];
  for (const { instance, metatype } of app.get(DiscoveryService, { strict: false }).getControllers()) {
    if (!metatype || !instance) continue;
    const prototype = Object.getPrototypeOf(instance) as Record<string, (...parameters: unknown[]) => unknown>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name]!;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) continue;
      const access = reflector.getAllAndOverride<Access | undefined>(ACCESS, [handler, metatype as Type]);
      const label = `${metatype.name}.${name}`;
      for (const prefix of asList(Reflect.getMetadata(PATH_METADATA, metatype) as string | string[] | undefined)) {
        for (const path of asList(Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined)) {
          const route = { method: RequestMethod[method], path: pathOf(prefix, path) };
          if (!access) silent.push(`${route.method} ${route.path} (${label})`);
          else {
            const roles = ROLES.filter((role) => mayCall(access, { id: '', roles: [role] }));
            routes.push({ ...route, access, roles, handler: label });
          }
        }
      }
    }
  }
  if (silent.length > 0) {
    throw new Error(
      `Routes without @Roles, @Public, @PublicOrRoles or @Applicant: ${silent.join('; ')}. Say who may call each of them.`,
    );
  }
  return routes;
}
