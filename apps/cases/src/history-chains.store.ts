import { mongo } from 'mongoose';
import type { CaseState } from './decisions/case-state.js';
import { verifyChain, type ChainFault } from './decisions/history.js';

export interface ChainsVerified {
  cases: number;
  entries: number;
  /** At most a thousand. */
  altered: { caseId: string; at: number; fault: ChainFault }[];
}
type Chain = Pick<CaseState, '_id' | 'history' | 'historyHead'>;

const MOST_LISTED = 1000;

/** Verifies every chain, one case after another. */
export async function verifyChains(chains: AsyncIterable<Chain>): Promise<ChainsVerified> {
  const result: ChainsVerified = { cases: 0, entries: 0, altered: [] };
  for await (const { _id, history, historyHead } of chains) {
    const verdict = verifyChain(_id, history, historyHead);
    result.cases += 1;
    result.entries += history.length;
    if (!verdict.intact && result.altered.length < MOST_LISTED) {
      result.altered.push({ caseId: _id, at: verdict.at, fault: verdict.fault });
    }
  }
  return result;
}

/** The same from outside of the service, straight from its database. */
export async function verifyAllChains(uri: string, database: string): Promise<ChainsVerified> {
  const client = await mongo.MongoClient.connect(uri, { serverSelectionTimeoutMS: 5000 });
  try {
    const cases = client.db(database).collection<Chain>('cases');
    return await verifyChains(cases.find({}, { projection: { history: 1, historyHead: 1 } }) as AsyncIterable<Chain>);
  } finally {
    await client.close();
  }
}
