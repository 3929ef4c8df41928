import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CaseStore } from '../case.store.js';
import type { CaseState } from '../decisions/case-state.js';

/** How does this case stand? Null where there is none; a shell that only early answers made is none yet. */
export class ShowCase {
  constructor(readonly caseId: string) {}
}

@QueryHandler(ShowCase)
export class ShowCaseHandler implements IQueryHandler<ShowCase, CaseState | null> {
  constructor(private readonly cases: CaseStore) {}

  async execute({ caseId }: ShowCase): Promise<CaseState | null> {
    const state = await this.cases.get(caseId);
    return state?.request ? state : null;
  }
}
