import { Injectable } from '@nestjs/common';
import { Vault, type TokenKind } from '@kenri/vault';
import { tokenValues, type Applicant } from '@kenri/matching';
import { factsOf } from './decisions/completeness.js';
import type { Application, Form } from './decisions/application.js';
import { Refusal } from './decisions/refusal.js';
import type { SealedForm } from './decisions/submission.js';

/**
 * Bytes of identity and particulars as JSON. Sealed and wrapped for every system they must stay under the 64 KB of a message
 * (contracts.md, Envelope); base64 adds a third.
 */
export const MAX_SUBJECT_BYTES = 36_000;

/** The personal part of an application: sealed under the key of purpose identity, known to the rest only by facts and tokens. */
@Injectable()
export class Forms {
  constructor(private readonly vault: Vault) {}

  async seal(caseId: string, form: Form): Promise<SealedForm> {
    const { identity, particulars } = form;
    const bytes = Buffer.byteLength(JSON.stringify({ identity, particulars }));
    if (bytes > MAX_SUBJECT_BYTES) {
      throw new Refusal(
        {
          ja: `申請内容が大きすぎます(${bytes} バイト、上限 ${MAX_SUBJECT_BYTES} バイト)。記載を短くしてください。`,
          en: `identity and particulars have ${bytes} bytes together; at most ${MAX_SUBJECT_BYTES} can be carried. Shorten them.`,
        },
        '/particulars',
      );
    }
    return {
      form: await this.vault.stored.seal('identity', caseId, form),
      facts: factsOf(form),
      tokens: this.values(form).map(({ kind, value }) => this.vault.tokens.token(kind, value)),
    };
  }

  async open(application: Application): Promise<Form | undefined> {
    if (!application.form) return undefined;
    return this.vault.stored.open<Form>('identity', application._id, application.form);
  }

  /** Tokens under every live key: what older applications may have been stored with. */
  tokensUnderEveryKey(form: Form): string[] {
    return this.values(form).flatMap(({ kind, value }) => this.vault.tokens.tokensUnderEveryKey(kind, value));
  }

  private values({ identity }: Form): { kind: TokenKind; value: string }[] {
    const { customerNumbers, ...rest } = identity;
    const applicant: Applicant = { ...rest, customerNumbers: customerNumbers?.map(({ number }) => number) };
    return tokenValues(applicant);
  }
}
