export {
  logTo,
  removeAbandonedTestData,
  startBackingServices,
  TEST_DATA_PREFIX,
  type BackingOptions,
  type BackingProcess,
  type BackingServices,
  type Log,
} from './backing/index.js';
export {
  ACCOUNTS,
  AUDIENCE,
  signIn,
  startIdentityProvider,
  type AccountId,
  type IdentityProvider,
  type LocalAccount,
} from './identity/index.js';
export {
  SERVICE_NAMES,
  startStack,
  type ServiceName,
  type Stack,
  type StackOptions,
  type SupervisedService,
} from './stack/index.js';
export { createTopics } from './stack/topics.js';
export { readableLine } from './stack/log-lines.js';
export { anyFreePort } from './processes/free-port.js';
export { startGuarded, type GuardedProcess } from './processes/guarded-process.js';
export { ALLOCATION, serviceArguments } from './stack/supervised-service.js';
