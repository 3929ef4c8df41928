import { describeConnector } from './contract-suite.js';
import { taro, trialDocuments } from './trial/trial-people.js';
import { trialMap, trialSchemas } from './trial/trial-store.js';

/** Taro without the ledger entry that a law keeps. */
const samples = () => {
  const documents = trialDocuments(new Date());
  return [{ ...documents, ledger: documents['ledger']!.slice(0, 1) }];
};

describeConnector({ map: trialMap, schemas: trialSchemas, samples, identity: taro });
