import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageOf } from './language.js';
import { Problem } from './problem.js';
import { problemBody, problemOf } from './problem-filter.js';

// What is refused before any route is known never meets Nest's filters; Fastify's own answers would be of another form, and quote the address.

const HEADERS = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** An address that the router cannot read: malformed percent-encoding (400), a part that is too long (414). */
export function refuseAddress(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { status } = problemOf(error);
  const detail = {
    ja: 'アドレスを読み取れません。パーセントエンコーディングと長さを確かめてください。',
    en: 'The address cannot be read. Check its percent-encoding and its length.',
  };
  const language = languageOf(request.headers);
  void reply
    .code(status)
    .headers({ ...HEADERS, 'content-language': language })
    .send(JSON.stringify(problemBody(new Problem('malformed-request', detail, { status }), language, request.id)));
}

const REFUSED_CONNECTIONS: Readonly<Record<string, [line: string, status: number, ja: string, en: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [
    '408 Request Timeout',
    408,
    '時間内にリクエストの全体を受け取れませんでした。',
    'The request did not arrive whole in time.',
  ],
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    431,
    'ヘッダーを小さくして再送してください。',
    'Send smaller headers.',
  ],
};
const NOT_HTTP: [string, number, string, string] = [
  '400 Bad Request',
  400,
  'HTTP のリクエストとして読み取れません。',
  'This is not a request of HTTP.',
];

/** Bytes that are no request, headers beyond the limit, a request that does not end: answered in the same form, then closed. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [line, status, ja, en] = REFUSED_CONNECTIONS[error.code ?? ''] ?? NOT_HTTP;
  const problem = new Problem('malformed-request', { ja, en }, { status });
  const body = Buffer.from(JSON.stringify(problemBody(problem, 'ja', randomUUID())));
  const headers = Object.entries({
    ...HEADERS,
    'content-language': 'ja',
    'content-length': body.length,
    connection: 'close',
  });
  if (socket.writable) {
    socket.write(`HTTP/1.1 ${line}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    socket.write(body);
  }
  socket.destroySoon();
}
