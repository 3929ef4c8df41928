import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { classify, TooLarge } from '@kenri/messaging';
import { activeTraceIds } from '@kenri/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError, type Observable } from 'rxjs';
import { languageOf, say } from './language.js';
import { Problem, PROBLEMS, type ProblemCode } from './problem.js';

/** RFC 9457 §3.1, as sent. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Trace id, by which an operator finds what happened; a request id where nothing is traced. */
  instance: string;
  errors?: { pointer: string; detail: string }[];
  [extension: string]: unknown;
}

const CODE_OF_STATUS: Readonly<Record<number, ProblemCode>> = {
  401: 'not-signed-in',
  403: 'not-allowed',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  412: 'changed-meanwhile',
  413: 'body-too-large',
  415: 'unsupported-type',
  422: 'invalid-input',
  429: 'too-many-requests',
  503: 'unavailable',
};

const DETAIL_OF_CODE: Partial<Record<ProblemCode, { ja: string; en: string }>> = {
  'not-found': {
    ja: '指定されたものはありません。アドレスを確かめてください。',
    en: 'There is nothing at this address. Check the address.',
  },
  'body-too-large': { ja: '本文を小さくして再送してください。', en: 'Send a smaller body.' },
  'unsupported-type': {
    ja: '本文は content-type: application/json で送ってください。',
    en: 'Send the body as content-type: application/json.',
  },
  'malformed-request': {
    ja: 'リクエストの形式を確かめて再送してください。',
    en: 'Check the form of the request and send it again.',
  },
  unavailable: { ja: 'しばらくしてから再送してください。', en: 'Send it again a little later.' },
};

/** Names of errors, beside those of an unreachable database or broker, that mean "not now", never "the input": the caller may simply try again. */
const TRANSIENT = new Set(['MongoExpiredSessionError', 'PublicKeyMissing']);

const isTransient = (error: unknown): boolean =>
  (error instanceof Error && TRANSIENT.has(error.name)) || classify(error) === 'unavailable';

const statusOf = (error: unknown): number | undefined => {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
};

/** The caller hung up before its request was whole: nothing failed here, and nobody reads the answer. */
const isGone = ({ raw }: FastifyRequest): boolean => raw.destroyed && !raw.complete;

/** Any error as a problem. Messages of foreign errors are never passed on: they may quote the input. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isTransient(error)) {
    return new Problem('unavailable', DETAIL_OF_CODE.unavailable!, { headers: { 'retry-after': '2' } });
  }
  if (error instanceof TooLarge) {
    return new Problem('conflict', {
      ja: 'この記録はこれ以上の内容を保持できません。何も変更していません。管理者に連絡してください。',
      en: 'This record cannot hold any more; nothing was changed. Tell the operator.',
    });
  }
  const status = statusOf(error);
  if (status === undefined || status === 500) {
    return new Problem('internal', {
      ja: '記録しました。続くときは instance の番号を管理者に伝えてください。',
      en: 'It has been recorded. If it goes on, tell the operator the number in instance.',
    });
  }
  const code = CODE_OF_STATUS[status] ?? (status < 500 ? 'malformed-request' : 'unavailable');
  return new Problem(code, DETAIL_OF_CODE[code] ?? DETAIL_OF_CODE['malformed-request']!, { status });
}

/** Every error of every route leaves as `application/problem+json` in the caller's language; only the unforeseen are logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('problems');

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    // Messages: the strategy decides between retry and parking, so the error must reach it unchanged.
    if (host.getType() === 'rpc') return throwError(() => error);
    const problem = problemOf(error);
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    // The log's own serializer drops the error's message, which may quote the input.
    if ((problem.status >= 500 && !(error instanceof Problem) && !isGone(request)) || error instanceof TooLarge)
      this.logger.error({ err: error, msg: `problem ${problem.code}` });
    this.answer(problem, request, http.getResponse<FastifyReply>());
  }

  private answer(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.end();
      return;
    }
    const language = languageOf(request.headers);
    void reply
      .code(problem.status)
      .headers({
        ...problem.options.headers,
        'content-type': 'application/problem+json; charset=utf-8',
        'content-language': language,
        vary: 'Accept-Language',
        'cache-control': 'no-store',
      })
      .send(JSON.stringify(problemBody(problem, language, request.id)));
  }
}

export function problemBody(problem: Problem, language: 'ja' | 'en', requestId: string): ProblemBody {
  const { errors, extensions } = problem.options;
  return {
    ...extensions,
    type: `urn:kenri:problem:${problem.code}`,
    title: say(PROBLEMS[problem.code].title, language),
    status: problem.status,
    detail: say(problem.detail, language),
    instance: `urn:kenri:trace:${activeTraceIds().trace_id ?? requestId}`,
    ...(errors && { errors: errors.map(({ pointer, detail }) => ({ pointer, detail: say(detail, language) })) }),
  };
}
