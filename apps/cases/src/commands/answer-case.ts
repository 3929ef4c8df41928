import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Vault } from '@kenri/vault';
import type { CaseState } from '../decisions/case-state.js';
import { toBase64 } from '../effects/prepare-effects.js';
import { ActOnCase } from './act-on-case.js';

/** A complaint or an inquiry was answered. What was said is kept sealed. */
export class AnswerCase {
  constructor(
    readonly caseId: string,
    readonly note: string | undefined,
    readonly who: string,
  ) {}
}

@CommandHandler(AnswerCase)
export class AnswerCaseHandler implements ICommandHandler<AnswerCase> {
  constructor(
    private readonly vault: Vault,
    private readonly commands: CommandBus,
  ) {}

  async execute({ caseId, note, who }: AnswerCase): Promise<CaseState> {
    const sealed = note === undefined ? null : toBase64(await this.vault.stored.seal('identity', caseId, note));
    return this.commands.execute(new ActOnCase(caseId, { type: 'answer-question', note: sealed, who }));
  }
}
