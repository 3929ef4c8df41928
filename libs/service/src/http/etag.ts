import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';

/** A strong entity tag of a version (RFC 9110 §8.8.3). */
export const etagOf = (version: number | string): string => `"${version}"`;

export const setEtag = (reply: FastifyReply, version: number | string): void => {
  void reply.header('etag', etagOf(version));
};

/** The tags of If-Match; a 428 problem where the header is missing: a change must say what it was made from (RFC 6585 §3). */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header) return header;
  throw new Problem('if-match-needed', {
    ja: '変更には、取得時の ETag を If-Match で送ってください。',
    en: 'A change must send the ETag it was made from as If-Match.',
  });
});

/** A 412 problem unless the header names this version (or is `*`). Weak tags never match (RFC 9110 §13.1.1). */
export function requireVersion(ifMatch: string, version: number | string): void {
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(etagOf(version))) return;
  throw new Problem(
    'changed-meanwhile',
    { ja: '再読み込みして、もう一度変更してください。', en: 'Load it again and repeat the change.' },
    { headers: { etag: etagOf(version) } },
  );
}

/**
 * The version that If-Match names, for changes where the header may be left out: undefined where it is absent or `*`. A tag that no
 * version has (a weak one, a foreign one) never matches.
 */
export const IfMatchVersion = createParamDecorator((_data: unknown, context: ExecutionContext): number | undefined =>
  versionOf(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);

export function versionOf(ifMatch: string | undefined): number | undefined {
  const tag = ifMatch?.trim();
  if (tag === undefined || tag === '*') return undefined;
  const [, digits] = /^"(\d{1,15})"$/.exec(tag) ?? [];
  return digits === undefined ? Number.NaN : Number(digits);
}
