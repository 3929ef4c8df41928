import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { CaseStore, type CaseFilter } from '../case.store.js';
import type { CaseState } from '../decisions/case-state.js';

/** Which cases are there, newest first? Gives one more than `limit` where there are more. */
export class ListCases {
  constructor(
    readonly filter: CaseFilter,
    readonly limit: number,
    /** Case id after which to go on. */
    readonly after: string | undefined,
  ) {}
}

@QueryHandler(ListCases)
export class ListCasesHandler implements IQueryHandler<ListCases, CaseState[]> {
  constructor(private readonly cases: CaseStore) {}

  execute({ filter, limit, after }: ListCases): Promise<CaseState[]> {
    return this.cases.list(filter, limit + 1, after);
  }
}
