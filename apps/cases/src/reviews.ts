import { Inject, Injectable } from '@nestjs/common';
import type { ReviewLine, ReviewMatch, ReviewRecord } from '@kenri/contracts';
import { CONFIGURATION } from '@kenri/service';
import { Vault } from '@kenri/vault';
import { linesOf } from './effects/lines.js';
import type { CaseState } from './decisions/case-state.js';
import type { CasesConfiguration } from './setup/settings.js';

type ShownCorrection = ReviewRecord['corrections'][number];

/** Whether a claimed correction has to be determined: its field can be corrected and does not hold the claimed value already. */
export const isDue = ({ correctable, current, claimed }: ShownCorrection): boolean =>
  correctable && current !== claimed;

/** What systems found, side by side with the applicant, as it stands sealed in the artifact store. */
@Injectable()
export class Reviews {
  constructor(
    private readonly vault: Vault,
    @Inject(CONFIGURATION) private readonly configuration: CasesConfiguration,
  ) {}

  /** True for a system whose matches only a medical reviewer may see: its review is sealed for `cases/medical`. */
  isMedical(system: string): boolean {
    return this.configuration.KENRI_MEDICAL_SYSTEMS.includes(system);
  }

  /**
   * The lines of the present round's review, streamed; nothing where nothing was found. Call it for a medical system only while serving a
   * medical reviewer's token. Act on what was read only after the end: a stream that was tampered with fails before it.
   */
  async *lines(state: CaseState | null, system: string): AsyncGenerator<ReviewLine> {
    const ref = state?.systems[system]?.answer?.review;
    if (!ref) return;
    const stream = await this.vault.artifacts.open(ref, this.isMedical(system) ? { as: 'cases/medical' } : {});
    for await (const line of linesOf(stream)) yield JSON.parse(line) as ReviewLine;
  }

  /** One match of the present round, or undefined. */
  async find(state: CaseState | null, system: string, ref: string): Promise<ReviewMatch | undefined> {
    let found: ReviewMatch | undefined;
    for await (const line of this.lines(state, system)) {
      if ('match' in line && line.match.ref === ref) found = line.match;
    }
    return found;
  }

  /** Which of these records the present round holds. */
  async records(state: CaseState, system: string, wanted: ReadonlySet<string>): Promise<Set<string>> {
    const found = new Set<string>();
    if (wanted.size === 0) return found;
    for await (const line of this.lines(state, system)) {
      if (!('match' in line)) continue;
      for (const { ref } of line.match.records) if (wanted.has(ref)) found.add(ref);
    }
    return found;
  }

  /** One claimed correction as the review shows it, or undefined. */
  async correction(
    state: CaseState | null,
    system: string,
    wanted: { claimId: string; record: string; path: string },
  ): Promise<{ correction: ShownCorrection; match: ReviewMatch } | undefined> {
    let found: { correction: ShownCorrection; match: ReviewMatch } | undefined;
    for await (const line of this.lines(state, system)) {
      if (!('match' in line)) continue;
      const { match } = line;
      const record = match.records.find(({ ref }) => ref === wanted.record);
      const correction = record?.corrections.find(
        ({ claimId, path }) => claimId === wanted.claimId && path === wanted.path,
      );
      if (correction) found ??= { correction, match };
    }
    return found;
  }
}
