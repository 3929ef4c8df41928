import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CaseStore } from '../case.store.js';
import { verifyChains, type ChainsVerified } from '../history-chains.store.js';

/** Are the histories of all cases unaltered? */
export class VerifyChains {}

@QueryHandler(VerifyChains)
export class VerifyChainsHandler implements IQueryHandler<VerifyChains, ChainsVerified> {
  constructor(private readonly cases: CaseStore) {}

  execute(): Promise<ChainsVerified> {
    return verifyChains(this.cases.histories());
  }
}
