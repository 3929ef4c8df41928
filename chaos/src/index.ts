export { ChaosPlatform, type Backing, type ChaosOptions } from './platform/index.js';
export { startFaultProxy, type BreakPoint, type FaultProxy, type Held, type ProxyMode } from './proxy/index.js';
