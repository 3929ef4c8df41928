export { startBackingServices, type BackingOptions, type BackingServices, type Log } from './backing/index.js';
