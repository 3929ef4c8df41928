import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Vault } from '@kenri/vault';
import { CaseStore } from '../case.store.js';
import type { CaseState, DeterminedValue } from '../decisions/case-state.js';
import { DecisionRefused, noSuch } from '../decisions/refused.js';
import { toBase64 } from '../effects/prepare-effects.js';
import { isDue, Reviews } from '../reviews.js';
import { ActOnCase } from './act-on-case.js';

/** whether one claimed correction of one record is founded, with grounds. */
export class DetermineCorrection {
  constructor(
    readonly caseId: string,
    readonly system: string,
    readonly claim: { claimId: string; record: string; path: string },
    readonly finding: 'founded' | 'unfounded' | 'partly',
    readonly grounds: string,
    /** What the record shall hold where the claim is founded in part. */
    readonly value: string | null | undefined,
    readonly who: string,
    readonly ifMatch: string,
  ) {}
}

@CommandHandler(DetermineCorrection)
export class DetermineCorrectionHandler implements ICommandHandler<DetermineCorrection> {
  constructor(
    private readonly cases: CaseStore,
    private readonly reviews: Reviews,
    private readonly vault: Vault,
    private readonly commands: CommandBus,
  ) {}

  /** @throws DecisionRefused for a claim that the system's answer does not show, or that its record cannot take */
  async execute(command: DetermineCorrection): Promise<CaseState> {
    const { caseId, system, finding, grounds, who, ifMatch } = command;
    const { claimId, record, path } = command.claim;
    const found = await this.reviews.correction(await this.cases.get(caseId), system, command.claim);
    if (!found) throw noSuch('この訂正の請求', 'claimed correction of that record and field in the present round');
    const { correction: shown, match } = found;
    if (finding !== 'unfounded' && !shown.correctable) {
      throw new DecisionRefused(
        'invalid',
        {
          ja: 'この項目は訂正できません。',
          en: 'This field cannot be corrected in its system; determine it as unfounded.',
        },
        '/finding',
      );
    }
    if (finding === 'partly' && command.value === undefined) {
      throw new DecisionRefused(
        'invalid',
        {
          ja: '一部認容の場合は訂正後の値を指定してください。',
          en: 'A claim founded in part needs the value to be recorded.',
        },
        '/value',
      );
    }
    const value = finding === 'partly' ? (command.value ?? null) : finding === 'founded' ? shown.claimed : null;
    const determined: DeterminedValue = { value, grounds };
    const sealed = toBase64(await this.vault.stored.seal('identity', caseId, determined));
    return this.commands.execute(
      new ActOnCase(caseId, {
        type: 'determine-correction',
        system,
        determination: {
          match: match.ref,
          verdict: match.verdict,
          due: isDue(shown),
          claimId,
          record,
          path,
          finding,
          sealed,
        },
        who,
        ifMatch,
      }),
    );
  }
}
