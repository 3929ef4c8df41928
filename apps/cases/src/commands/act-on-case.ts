import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CaseStore } from '../case.store.js';
import type { CaseCommand } from '../decisions/case-command.js';
import type { CaseState } from '../decisions/case-state.js';

/** A person's command that needs nothing but the case itself: what it means and whether it may be is decided in `decisions/`. */
export class ActOnCase {
  constructor(
    readonly caseId: string,
    readonly command: CaseCommand,
  ) {}
}

@CommandHandler(ActOnCase)
export class ActOnCaseHandler implements ICommandHandler<ActOnCase> {
  constructor(private readonly cases: CaseStore) {}

  /** @throws DecisionRefused */
  async execute({ caseId, command }: ActOnCase): Promise<CaseState> {
    const state = (await this.cases.handle([{ id: caseId, command }])).get(caseId);
    // A command of a person on a case that does not exist was refused above.
    if (!state) throw new Error(`case ${caseId} has no state after ${command.type}`);
    return state;
  }
}
