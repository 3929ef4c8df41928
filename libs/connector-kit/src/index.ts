export type * from './data-map.js';
export { field, LAWS, written } from './map-vocabulary.js';
export { checkMap, FaultyDataMap, requireSoundMap, type MapFault, type StoreSchemas } from './check-map.js';
export { startConnector, createConnector, connectorService } from './service/start-connector.js';
export type { ConnectorDefinition } from './service/connector.module.js';
export { CONNECTOR_SETTINGS } from './service/settings.js';
export { fillStore, runFill, FillRefused, type FillOptions, type FillSource, type SampleDocuments } from './fill.js';
