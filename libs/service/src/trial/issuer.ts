import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** A real OpenID issuer as far as a resource server sees one: discovery, JWKS and signed tokens. For tests. */
export class TrialIssuer {
  private constructor(
    readonly issuer: string,
    private readonly server: Server,
    private readonly key: PrivateKey,
  ) {}

  static async start(): Promise<TrialIssuer> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'trial', alg: 'ES256', use: 'sig' };
    let issuer = '';
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      const answer = request.url?.endsWith('/jwks') ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/jwks` };
      response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new TrialIssuer(issuer, server, privateKey);
  }

  token(
    roles: readonly string[],
    {
      sub = 'staff-1',
      audience = 'kenri',
      typ = 'at+jwt',
      expiresIn = '5m',
      issuer = this.issuer,
      key = this.key,
    } = {},
  ): Promise<string> {
    return new SignJWT({ roles })
      .setProtectedHeader({ alg: 'ES256', kid: 'trial', typ })
      .setSubject(sub)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expiresIn)
      .sign(key);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }
}
