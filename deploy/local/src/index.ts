export { logTo, startBackingServices, type BackingOptions, type BackingServices, type Log } from './backing/index.js';
export {
  ACCOUNTS,
  AUDIENCE,
  signIn,
  startIdentityProvider,
  type AccountId,
  type IdentityProvider,
  type LocalAccount,
} from './identity/index.js';
export { startStack, type ServiceName, type Stack, type StackOptions, type SupervisedService } from './stack/index.js';
export { createTopics } from './stack/topics.js';
export { readableLine } from './stack/log-lines.js';
