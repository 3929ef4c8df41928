import { Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Problem, etagOf, type Staff } from '@kenri/service';
import { KeyDestroyed } from '@kenri/vault';
import type { CaseState, SystemPart } from '../decisions/case-state.js';
import { DecisionRefused, type RefusalCode } from '../decisions/refused.js';
import { ShowCase } from '../queries/show-case.js';

const PROBLEM_OF = {
  'not-found': 'not-found',
  invalid: 'invalid-input',
  conflict: 'conflict',
  'changed-meanwhile': 'changed-meanwhile',
  'same-person': 'not-allowed',
} as const satisfies Record<RefusalCode, string>;

export const asProblem = ({ code, detail, pointer, version }: DecisionRefused): Problem =>
  new Problem(PROBLEM_OF[code], detail, {
    ...(pointer !== null && { errors: [{ pointer, detail }] }),
    ...(version !== null && { headers: { etag: etagOf(version) } }),
    ...(code === 'same-person' && { extensions: { code } }),
  });

/** The account under which a person's steps stand in the history. */
export const accountOf = (staff: Staff): string => `staff:${staff.id}`;

/** Between HTTP and the buses: what the case refuses becomes a problem of RFC 9457. */
@Injectable()
export class CaseCommands {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  async run(command: object): Promise<CaseState> {
    try {
      return await this.commands.execute(command as never);
    } catch (error) {
      if (error instanceof DecisionRefused) throw asProblem(error);
      if (error instanceof KeyDestroyed) throw gone();
      throw error;
    }
  }

  async shown(caseId: string): Promise<CaseState> {
    const state = await this.queries.execute<ShowCase, CaseState | null>(new ShowCase(caseId));
    if (!state) throw Problem.notFound();
    return state;
  }

  async part(caseId: string, system: string): Promise<{ state: CaseState; part: SystemPart }> {
    const state = await this.shown(caseId);
    const part = Object.hasOwn(state.systems, system) ? state.systems[system] : undefined;
    if (!part) throw Problem.notFound();
    return { state, part };
  }
}

export const gone = (): Problem =>
  Problem.conflict({
    ja: 'この案件の個人情報は保存期間の終了により破棄されました。',
    en: "The applicant's data was destroyed at the end of its retention; only the history of the handling remains.",
  });
