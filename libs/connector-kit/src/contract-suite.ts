/** What proves a connector: the suite that every app passes, and the parts of it that an app's own tests use. */
export { describeConnector } from './contract/describe-connector.js';
export type { ContractSubject } from './contract/subject-trial.js';
export { describePersonas, type PersonaSubject } from './contract/describe-personas.js';
export { describeSamples, type SampleSubject } from './contract/describe-samples.js';
export {
  TrialConnector,
  TrialClock,
  eventually,
  newCaseId,
  type Answered,
  type SentPlanAnswer,
  type TrialRequest,
} from './trial/trial-connector.js';
