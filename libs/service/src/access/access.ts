import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiSecurity } from '@nestjs/swagger';
import type { Role } from '@kenri/contracts';
import type { FastifyRequest } from 'fastify';

/** Who may call a route. There is no default: a route that says nothing keeps the service from starting (deny by default). */
export type Access =
  | { kind: 'public' }
  /** Anyone without a token; with a token, only these roles. */
  | { kind: 'public-or-roles'; roles: readonly Role[] }
  | { kind: 'roles'; roles: readonly Role[] }
  /** The applicant, by reference and secret: the guard demands the secret's presence, the handler checks it. */
  | { kind: 'applicant' };

export interface Staff {
  /** The token's `sub`: the staff account. */
  readonly id: string;
  readonly name?: string;
  readonly roles: readonly Role[];
}

export const ACCESS = 'kenri:access';
export const APPLICANT_SECRET_HEADER = 'kenri-secret';

type Both = ClassDecorator & MethodDecorator;
const all =
  (...decorators: (ClassDecorator | MethodDecorator)[]): Both =>
  (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    for (const decorate of decorators) {
      if (key === undefined) (decorate as ClassDecorator)(target as never);
      else (decorate as MethodDecorator)(target, key, descriptor!);
    }
  };
const access = (value: Access) => SetMetadata(ACCESS, value);

/** Staff with any of these roles. */
export const Roles = (...roles: [Role, ...Role[]]): Both =>
  all(access({ kind: 'roles', roles }), ApiBearerAuth('staff'));
export const Public = (): Both => all(access({ kind: 'public' }));
/** Open to the public; a staff token, where one is sent, must be valid and carry one of these roles. */
export const PublicOrRoles = (...roles: [Role, ...Role[]]): Both =>
  all(access({ kind: 'public-or-roles', roles }), ApiSecurity({}), ApiBearerAuth('staff'));
export const Applicant = (): Both =>
  all(
    access({ kind: 'applicant' }),
    ApiHeader({ name: 'Kenri-Secret', required: true, description: 'the secret shown once with the reference' }),
  );

export type StaffRequest = FastifyRequest & { staff?: Staff };

/** The signed-in staff member; undefined only on `@PublicOrRoles` routes called without a token. */
export const CurrentStaff = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<StaffRequest>().staff,
);

/** The applicant's secret from the header `Kenri-Secret`. */
export const ApplicantSecret = createParamDecorator((_data: unknown, context: ExecutionContext): string =>
  String(context.switchToHttp().getRequest<FastifyRequest>().headers[APPLICANT_SECRET_HEADER] ?? ''),
);

export const mayCall = (wanted: Access, staff: Staff | undefined): boolean => {
  switch (wanted.kind) {
    case 'public':
    case 'applicant':
      return true;
    case 'public-or-roles':
      return staff === undefined || staff.roles.some((role) => wanted.roles.includes(role));
    case 'roles':
      return staff !== undefined && staff.roles.some((role) => wanted.roles.includes(role));
  }
};
