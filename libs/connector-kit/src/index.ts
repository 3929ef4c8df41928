export type * from './data-map.js';
export { checkMap, FaultyDataMap, requireSoundMap, type MapFault, type StoreSchemas } from './check-map.js';
