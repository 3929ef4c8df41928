import { blockingValues } from '../blocking.js';
import { compare } from '../compare/compare.js';
import { prepare } from '../prepare.js';
import { type Category } from './categories.js';
import { type NameLists } from './name-lists.js';
import { makePerson } from './people.js';
import { type Random } from './random.js';
import { recordIn, STYLES } from './spelling.js';

export interface BlockingFigures {
  readonly records: number;
  readonly queries: number;
  /** Share of true pairs not plainly different by their fields whose record the index returns. */
  readonly recall: number;
  /** Records of other people returned per query. */
  readonly meanCandidates: number;
  readonly maxCandidates: number;
  readonly valuesPerRecord: number;
}

/** Indexes `size` records of other people, then asks for the records of true pairs from the given categories. */
export function measureBlocking(
  random: Random,
  lists: NameLists,
  size: number,
  queries: number,
  categories: readonly Category[],
): BlockingFigures {
  const index = new Map<string, number[]>();
  let values = 0;
  for (let record = 0; record < size; record += 1) {
    for (const value of blockingValues(
      prepare(recordIn(random.pick(STYLES), random, makePerson(random, lists))),
      'record',
    )) {
      values += 1;
      const found = index.get(value);
      if (found) found.push(record);
      else index.set(value, [record]);
    }
  }
  let asked = 0;
  let found = 0;
  let returned = 0;
  let most = 0;
  for (let query = 0; query < queries; query += 1) {
    const pair = categories[query % categories.length]!(random, lists);
    const [applicant, record] = [prepare(pair.applicant), prepare(pair.record)];
    const wanted = new Set(blockingValues(applicant, 'query'));
    const hits = new Set<number>();
    for (const value of wanted) for (const hit of index.get(value) ?? []) hits.add(hit);
    returned += hits.size;
    most = Math.max(most, hits.size);
    if (compare(applicant, record).verdict === 'different') continue;
    asked += 1;
    if (blockingValues(record, 'record').some((value) => wanted.has(value))) found += 1;
  }
  return {
    records: size,
    queries,
    recall: found / asked,
    meanCandidates: returned / queries,
    maxCandidates: most,
    valuesPerRecord: values / size,
  };
}
