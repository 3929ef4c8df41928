import type { Bilingual } from '@kenri/contracts';

/** One fault of the input: a JSON Pointer (RFC 6901) into the body, or `?name` / `header:Name` / `/{name}` outside of it. */
export interface InputFault {
  pointer: string;
  detail: Bilingual;
}

/** Kinds of problem, each a stable `type` URI `urn:kenri:problem:<code>` (RFC 9457 §3.1.1) with its status and title. */
export const PROBLEMS = {
  'invalid-input': { status: 422, title: { ja: '入力に誤りがあります', en: 'The input is not valid' } },
  'malformed-request': { status: 400, title: { ja: 'リクエストを読み取れません', en: 'The request cannot be read' } },
  'not-signed-in': { status: 401, title: { ja: 'サインインが必要です', en: 'Sign-in is needed' } },
  'invalid-token': { status: 401, title: { ja: 'トークンが無効です', en: 'The token is not valid' } },
  'secret-refused': {
    status: 401,
    title: { ja: '受付番号または照会コードが違います', en: 'The reference or the secret is wrong' },
  },
  'not-allowed': { status: 403, title: { ja: 'この操作の権限がありません', en: 'This is not allowed for your role' } },
  'not-found': { status: 404, title: { ja: '見つかりません', en: 'Not found' } },
  'method-not-allowed': { status: 405, title: { ja: '許可されていないメソッドです', en: 'Method not allowed' } },
  conflict: { status: 409, title: { ja: '現在の状態ではできません', en: 'Not possible in the present state' } },
  'in-progress': { status: 409, title: { ja: '同じ要求を処理中です', en: 'The same request is being handled' } },
  'changed-meanwhile': {
    status: 412,
    title: { ja: '他の人が先に変更しました', en: 'Someone else changed it meanwhile' },
  },
  'body-too-large': { status: 413, title: { ja: '本文が大きすぎます', en: 'The body is too large' } },
  'unsupported-type': { status: 415, title: { ja: '対応していない形式です', en: 'The content type is not supported' } },
  'key-reused': {
    status: 422,
    title: { ja: '同じ Idempotency-Key で内容が異なります', en: 'The Idempotency-Key was used for another body' },
  },
  'if-match-needed': { status: 428, title: { ja: 'If-Match が必要です', en: 'If-Match is needed' } },
  'too-many-requests': { status: 429, title: { ja: '要求が多すぎます', en: 'Too many requests' } },
  internal: { status: 500, title: { ja: '内部エラー', en: 'Internal error' } },
  unavailable: { status: 503, title: { ja: '一時的に利用できません', en: 'Not available at the moment' } },
} as const satisfies Record<string, { status: number; title: Bilingual }>;
export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemOptions {
  errors?: readonly InputFault[];
  /** Added to the response, such as Retry-After or WWW-Authenticate. */
  headers?: Readonly<Record<string, string>>;
  /** Further members of the problem (RFC 9457 §3.2); never personal data. */
  extensions?: Readonly<Record<string, unknown>>;
  status?: number;
}

/** An answer of RFC 9457. Thrown anywhere below a controller; `detail` says what is wrong and how to mend it, without personal data. */
export class Problem extends Error {
  readonly status: number;
  constructor(
    readonly code: ProblemCode,
    readonly detail: Bilingual,
    readonly options: ProblemOptions = {},
  ) {
    super(`${code}: ${detail.en}`);
    this.name = 'Problem';
    this.status = options.status ?? PROBLEMS[code].status;
  }

  static invalid(...errors: InputFault[]): Problem {
    return new Problem(
      'invalid-input',
      { ja: '各項目の誤りを直して再送してください。', en: 'Mend the fields named and send it again.' },
      { errors },
    );
  }

  static notFound(): Problem {
    return new Problem('not-found', {
      ja: '指定されたものはありません。アドレスを確かめてください。',
      en: 'There is nothing at this address. Check the address.',
    });
  }

  static conflict(detail: Bilingual, extensions?: Record<string, unknown>): Problem {
    return new Problem('conflict', detail, extensions ? { extensions } : {});
  }
}
