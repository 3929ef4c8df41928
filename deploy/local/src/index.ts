export { startBackingServices, type BackingOptions, type BackingServices, type Log } from './backing/index.js';
export {
  ACCOUNTS,
  AUDIENCE,
  signIn,
  startIdentityProvider,
  type AccountId,
  type IdentityProvider,
  type LocalAccount,
} from './identity/index.js';
