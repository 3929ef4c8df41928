import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Subject } from '@kenri/contracts';
import { Unprocessable, type Received } from '@kenri/messaging';
import { SealRefused, Vault } from '@kenri/vault';
import { CaseStore } from '../case.store.js';
import { toBase64 } from '../effects/prepare-effects.js';

/** Accepted requests: each opens its case, or completes the shell that early answers have left. */
export class OpenCases {
  constructor(readonly accepted: readonly Received<'dsr.request.accepted.v1'>[]) {}
}

@CommandHandler(OpenCases)
export class OpenCasesHandler implements ICommandHandler<OpenCases> {
  constructor(
    private readonly cases: CaseStore,
    private readonly vault: Vault,
  ) {}

  async execute({ accepted }: OpenCases): Promise<void> {
    const subjects = await Promise.all(accepted.map((message) => this.subjectOf(message)));
    const sealed = await this.vault.stored.sealMany(
      'identity',
      accepted.map(({ caseId }, index) => ({ owner: caseId, value: subjects[index] })),
    );
    await this.cases.handle(
      accepted.flatMap((message, index) => {
        const identity = sealed[index];
        // The key was destroyed: the case is over, and a late repetition must not bring the person back.
        if (!identity) return [];
        const { subject: _sealed, ...request } = message.data;
        return [
          {
            id: message.caseId,
            command: { type: 'open' as const, request, identity: toBase64(identity) },
            cause: message,
          },
        ];
      }),
    );
  }

  private async subjectOf({ id, type, data }: Received<'dsr.request.accepted.v1'>): Promise<Subject> {
    try {
      return await this.vault.open<Subject>(data.subject, { id, type });
    } catch (error) {
      if (error instanceof SealRefused) throw new Unprocessable('sealed-part-refused', error.code);
      throw error;
    }
  }
}
