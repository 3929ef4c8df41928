import type { RawRecord } from '@kenri/samples';
import { CHAOS_HEADER } from './topic-tap.js';

/** The heads of history chains that left the database with messages of `cases` (contracts.md, Topics). */
export class PublishedHeads {
  readonly byCase = new Map<string, Set<string>>();

  take({ topic, headers, value }: RawRecord): void {
    if (topic !== 'dsr.cases.v1' || headers[CHAOS_HEADER] !== undefined || value === null) return;
    const { caseId, historyHead } = JSON.parse(value.toString('utf8')) as { caseId: string; historyHead?: string };
    if (historyHead === undefined) return;
    const known = this.byCase.get(caseId);
    if (known) known.add(historyHead);
    else this.byCase.set(caseId, new Set([historyHead]));
  }
}
