import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Subject } from '@kenri/contracts';
import { CaseStore } from '../case.store.js';

/** Who applies, and what exactly do they ask? Null once the identity was destroyed. */
export class ShowSubject {
  constructor(readonly caseId: string) {}
}

@QueryHandler(ShowSubject)
export class ShowSubjectHandler implements IQueryHandler<ShowSubject, Subject | null> {
  constructor(private readonly cases: CaseStore) {}

  async execute({ caseId }: ShowSubject): Promise<Subject | null> {
    const state = await this.cases.get(caseId);
    return this.cases.effects.subject(caseId, state?.identity ?? null);
  }
}
