import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CaseStore } from '../case.store.js';
import { verifyChain, type ChainVerdict } from '../decisions/history.js';

/** Are the histories of all cases unaltered? */
export class VerifyChains {}

export interface ChainsVerified {
  cases: number;
  entries: number;
  altered: { caseId: string; at: number; fault: Extract<ChainVerdict, { intact: false }>['fault'] }[];
}

const MOST_LISTED = 1000;

@QueryHandler(VerifyChains)
export class VerifyChainsHandler implements IQueryHandler<VerifyChains, ChainsVerified> {
  constructor(private readonly cases: CaseStore) {}

  async execute(): Promise<ChainsVerified> {
    const result: ChainsVerified = { cases: 0, entries: 0, altered: [] };
    for await (const { _id, history, historyHead } of this.cases.histories()) {
      const verdict = verifyChain(_id, history, historyHead);
      result.cases += 1;
      result.entries += history.length;
      if (!verdict.intact && result.altered.length < MOST_LISTED) {
        result.altered.push({ caseId: _id, at: verdict.at, fault: verdict.fault });
      }
    }
    return result;
  }
}
