import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { Problem } from '../problems/problem.js';
import { IntegerField, TextField } from './fields.js';

export interface Page<T> {
  items: T[];
  /** Ask again with `?cursor=` for what follows; absent on the last page. */
  nextCursor?: string;
}

/** Query parameters of every list. Extend it with filters. */
export class PageQuery {
  @IntegerField({ min: 1, max: 200, fromText: true, optional: true, default: 50, description: 'entries per page' })
  limit: number = 50;

  @TextField({ optional: true, max: 500, pattern: /^[A-Za-z0-9_-]+$/, description: 'nextCursor of the page before' })
  cursor?: string;
}

/** A cursor holds the sort key of the last entry shown: ids and times, never personal data. */
export const encodeCursor = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** The sort key of a cursor made by `encodeCursor` with as many parts; a 422 problem for anything else. */
export function decodeCursor(cursor: string | undefined, parts: number): string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === parts && key.every((part) => typeof part === 'string')) return key;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw Problem.invalid({
    pointer: '?cursor',
    detail: {
      ja: '前のページの nextCursor をそのまま指定してください。',
      en: 'must be the nextCursor of a page, unchanged',
    },
  });
}

/** Cuts one entry more than asked for into a page. */
export function pageOf<S, T>(
  found: readonly S[],
  limit: number,
  key: (entry: S) => string[],
  show: (entry: S) => T,
): Page<T> {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(show),
    ...(found.length > limit && last !== undefined && { nextCursor: encodeCursor(key(last)) }),
  };
}

/** Documents a route that answers a `Page` of `item`. */
export const ApiPage = (item: Type): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(item),
    ApiOkResponse({
      schema: {
        type: 'object',
        required: ['items'],
        properties: {
          items: { type: 'array', items: { $ref: getSchemaPath(item) } },
          nextCursor: { type: 'string', description: 'absent on the last page' },
        },
      },
    }),
  );
