import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../problems/problem.js';
import { ACCESS, APPLICANT_SECRET_HEADER, mayCall, type Access, type StaffRequest } from './access.js';
import { TokenVerifier } from './token-verifier.js';

const notSignedIn = () =>
  new Problem(
    'not-signed-in',
    { ja: 'Authorization: Bearer でトークンを送ってください。', en: 'Send an access token as Authorization: Bearer.' },
    { headers: { 'www-authenticate': 'Bearer' } },
  );

/** Lets a call through only as the route's `@Roles`, `@Public`, `@PublicOrRoles` or `@Applicant` says. Messages are not its matter. */
@Injectable()
export class StaffGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const wanted = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!wanted) throw new Problem('not-allowed', { ja: '許可されていません。', en: 'Not allowed.' });
    const request = context.switchToHttp().getRequest<StaffRequest>();
    if (wanted.kind === 'public') return true;
    if (wanted.kind === 'applicant') {
      if (request.headers[APPLICANT_SECRET_HEADER]) return true;
      throw new Problem('secret-refused', {
        ja: '受付番号とヘッダー Kenri-Secret の照会コードで照会してください。',
        en: 'Ask with the reference and the secret in the header Kenri-Secret.',
      });
    }
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const [, token] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization) ?? [];
      if (!token) throw notSignedIn();
      request.staff = await this.verifier.verify(token);
    }
    if (mayCall(wanted, request.staff)) return true;
    if (!request.staff) throw notSignedIn();
    const roles = wanted.roles.join(', ');
    throw new Problem('not-allowed', {
      ja: `この操作には次のいずれかの役割が必要です: ${roles}`,
      en: `This needs one of the roles ${roles}.`,
    });
  }
}
