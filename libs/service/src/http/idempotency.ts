import {
  applyDecorators,
  createParamDecorator,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { catchError, from, mergeMap, of, switchMap, type Observable } from 'rxjs';
import type { StaffRequest } from '../access/access.js';
import { Problem } from '../problems/problem.js';
import { IdempotencyStore, type Reservation } from './idempotency.store.js';

type Request = StaffRequest & { resourceId?: string };
const KEY = /^[\x21-\x7e]{8,200}$/;
const REPLAYED_HEADERS = ['etag', 'location'] as const;

const refuseKey = (
  detail: { ja: string; en: string },
  code: 'malformed-request' | 'key-reused' = 'malformed-request',
) => new Problem(code, detail, { errors: [{ pointer: 'header:Idempotency-Key', detail }] });

/**
 * One effect and one answer per Idempotency-Key, caller and address (draft-ietf-httpapi-idempotency-key-header): a repetition gets
 * the first answer again, another body under the same key is 422, a repetition while the first runs is 409.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly store: IdempotencyStore) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') {
      throw refuseKey({
        ja: 'Idempotency-Key を送ってください(UUID など、要求ごとに新しい値)。',
        en: 'Send an Idempotency-Key: a new value per request, such as a UUID.',
      });
    }
    if (!KEY.test(key)) {
      throw refuseKey({
        ja: '印字可能な ASCII 文字 8~200 字で指定してください。',
        en: 'must be 8 to 200 printable ASCII characters',
      });
    }
    const caller = request.staff?.id ?? 'public';
    const target = `${request.method} ${request.url.split('?')[0]}`;
    return from(this.store.reserve(caller, target, key, JSON.stringify(request.body ?? {}))).pipe(
      switchMap((reservation) => this.answer(reservation, request, reply, next)),
    );
  }

  private answer(
    reservation: Reservation,
    request: Request,
    reply: FastifyReply,
    next: CallHandler,
  ): Observable<unknown> {
    switch (reservation.kind) {
      case 'other-body':
        throw refuseKey(
          {
            ja: '別の要求には新しい Idempotency-Key を使ってください。',
            en: 'Use a new Idempotency-Key for another request.',
          },
          'key-reused',
        );
      case 'running':
        throw new Problem(
          'in-progress',
          { ja: '少し待ってから同じ要求を再送してください。', en: 'Wait a little and send the same request again.' },
          { headers: { 'retry-after': '1' } },
        );
      case 'answered': {
        const { status, headers, body } = reservation.answer;
        void reply.code(status).headers({ ...headers, 'idempotent-replayed': 'true' });
        return of(body);
      }
      case 'ours':
        request.resourceId = reservation.resourceId;
        return next.handle().pipe(
          mergeMap(async (body: unknown) => {
            const headers = Object.fromEntries(
              REPLAYED_HEADERS.flatMap((name) => {
                const value = reply.getHeader(name);
                return typeof value === 'string' ? [[name, value]] : [];
              }),
            );
            await reservation.finish({ status: reply.statusCode, headers, body: body ?? null });
            return body;
          }),
          catchError(async (error: unknown) => {
            await reservation.release();
            throw error;
          }),
        );
    }
  }
}

/** For a POST that creates: demands an Idempotency-Key and answers a repetition as the first time. */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: 'a new value per request, such as a UUID; a repetition gets the same answer',
    }),
  );

/** The ULID that what this request creates must take as its id: the same when the request is repeated after a crash. */
export const ResourceId = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { resourceId } = context.switchToHttp().getRequest<Request>();
  if (resourceId === undefined) throw new Error('@ResourceId needs @Idempotent on the same route');
  return resourceId;
});
