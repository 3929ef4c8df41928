import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CaseStore } from '../case.store.js';
import type { CaseState, Exclusion } from '../decisions/case-state.js';
import { DecisionRefused } from '../decisions/refused.js';
import { Reviews } from '../reviews.js';
import { ActOnCase } from './act-on-case.js';

/** what is refused of this system's records, each with its ground; takes the place of the list before. */
export class SetExclusions {
  constructor(
    readonly caseId: string,
    readonly system: string,
    readonly exclusions: Exclusion[],
    readonly who: string,
    readonly ifMatch: string,
  ) {}
}

@CommandHandler(SetExclusions)
export class SetExclusionsHandler implements ICommandHandler<SetExclusions> {
  constructor(
    private readonly cases: CaseStore,
    private readonly reviews: Reviews,
    private readonly commands: CommandBus,
  ) {}

  /** @throws DecisionRefused for a record that the system's answer does not hold: it would be acted on although it was refused */
  async execute({ caseId, system, exclusions, who, ifMatch }: SetExclusions): Promise<CaseState> {
    const state = await this.cases.get(caseId);
    if (state?.systems[system]?.answer) {
      const known = await this.reviews.records(state, system, new Set(exclusions.map(({ record }) => record)));
      const at = exclusions.findIndex(({ record }) => !known.has(record));
      if (at >= 0)
        throw new DecisionRefused(
          'invalid',
          {
            ja: '今回の照会結果にこの記録はありません。照会結果の参照番号を指定してください。',
            en: 'The review of the present round has no such record; take the reference from there.',
          },
          `/exclusions/${at}/record`,
        );
    }
    return this.commands.execute(new ActOnCase(caseId, { type: 'set-exclusions', system, exclusions, who, ifMatch }));
  }
}
