import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { noSuch } from '../decisions/refused.js';
import type { CaseState } from '../decisions/case-state.js';
import { isDue, Reviews } from '../reviews.js';
import { CaseStore } from '../case.store.js';
import { ActOnCase } from './act-on-case.js';

/** this match is the applicant, or is not. */
export class DecideMatch {
  constructor(
    readonly caseId: string,
    readonly system: string,
    readonly ref: string,
    readonly decision: 'confirmed' | 'rejected',
    readonly who: string,
    readonly ifMatch: string,
  ) {}
}

@CommandHandler(DecideMatch)
export class DecideMatchHandler implements ICommandHandler<DecideMatch> {
  constructor(
    private readonly cases: CaseStore,
    private readonly reviews: Reviews,
    private readonly commands: CommandBus,
  ) {}

  /** @throws DecisionRefused for a match that the system's answer does not hold */
  async execute({ caseId, system, ref, decision, who, ifMatch }: DecideMatch): Promise<CaseState> {
    const match = await this.reviews.find(await this.cases.get(caseId), system, ref);
    if (!match) throw noSuch('この一致候補', 'match in the present round');
    const corrections = match.records.reduce((sum, record) => sum + record.corrections.filter(isDue).length, 0);
    const { verdict } = match;
    return this.commands.execute(
      new ActOnCase(caseId, { type: 'decide-match', system, ref, verdict, decision, corrections, who, ifMatch }),
    );
  }
}
