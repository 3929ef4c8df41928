import type { RecordsLocated, ReviewLine } from '@kenri/contracts';
import type { PersonaExpectation } from './expectations.js';

/**
 * A connector's answer in the words of {@link PersonaExpectation}, or null for "nothing found".
 * @param answer of a request for disclosure (scopes `data` and `provision-records`), erasure and cessation of use for all purposes
 * @param provisionRecords how many rows a request with the scope `provision-records` alone discloses
 */
export function figuresOf(
  answer: RecordsLocated,
  review: readonly ReviewLine[],
  provisionRecords: number,
): PersonaExpectation | null {
  if (answer.matches.certain + answer.matches.candidate + answer.possibleMentions === 0) return null;
  const rows = review.flatMap((line) =>
    'match' in line && line.match.verdict === 'certain' ? line.match.records : [],
  );
  const erase = answer.dryRun.erase ?? { delete: 0, removePerson: 0, removeFields: 0, hold: 0 };
  const files = answer.dryRun.export?.files ?? 0;
  const holds = counted(rows.flatMap((row) => row.erase.holds.map(({ rule }) => rule)));
  const blockers = [...new Set(answer.blockers.map(({ code }) => code))].sort();
  return {
    matches: answer.matches.certain,
    ...(answer.matches.candidate > 0 ? { candidates: answer.matches.candidate } : {}),
    records: answer.records.certain,
    ...(files > 0 ? { files } : {}),
    ...(provisionRecords > 0 ? { provisionRecords } : {}),
    suppress: counted(
      rows.flatMap((row) => row.suppress.filter(({ how }) => how === 'applied').map(({ purpose }) => purpose)),
    ),
    erase: Object.fromEntries(Object.entries(erase).filter(([, rowsOf]) => rowsOf > 0)),
    ...(Object.keys(holds).length > 0 ? { holds } : {}),
    ...(blockers.length > 0 ? { blockers } : {}),
    ...(answer.possibleMentions > 0 ? { mentions: answer.possibleMentions } : {}),
  };
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
