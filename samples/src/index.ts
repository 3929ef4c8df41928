// For programs that drive a whole platform, as the demo does.
export {
  belongingTo,
  bytesOf,
  lagOf,
  readDatabases,
  readTopics,
  type RawDocument,
  type RawRecord,
} from './raw-data.js';
export { canariesOf, CanarySearch, type Canary, type Sighting } from './canary-search.js';
export { isAtRest, isSettled, type CaseAnswer, type PartAnswer } from './case-answer.js';
export { KenriClient, ProblemAnswer } from './kenri-client.js';
export { isRace, Office } from './office.js';
export { openPackage, readPackage } from './open-package.js';
export { play, type Played, type PlayOptions } from './player.js';
export { readApplications, type ApplicationFile, type NamedApplication } from './application-file.js';
export { startTraceReceiver, type ReceivedSpan, type TraceReceiver } from './trace-receiver.js';
export {
  eventually,
  TrialPlatform,
  type Accepted,
  type Caller,
  type Reply,
  type TrialOptions,
} from './trial-platform.js';
