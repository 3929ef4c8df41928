import { createService, startService, type Service, type ServiceDefinition } from '@kenri/service';
import { requireSoundMap } from '../check-map.js';
import { ConnectorModule, type ConnectorDefinition } from './connector.module.js';
import { CONNECTOR_SETTINGS } from './settings.js';

type Settings = typeof CONNECTOR_SETTINGS;

/**
 * The service around a data map.
 * @throws FaultyDataMap where the map does not fit the schemas: a connector with such a map does not start
 */
export function connectorService(definition: ConnectorDefinition): ServiceDefinition<Settings> {
  const { map, schemas } = definition;
  requireSoundMap(map, schemas);
  return {
    name: `connector-${map.system}`,
    title: `Kenri connector: ${map.label.en}`,
    description:
      'Locates and acts on the records of one business store, by its data map. It is driven by messages; HTTP serves health and operation only.',
    settings: CONNECTOR_SETTINGS,
    module: (configuration) => ConnectorModule.of(definition, configuration),
    system: map.system,
  };
}

/** All that a connector's `main.ts` calls: reads the configuration, checks the map, starts the service, stops it on a signal. */
export const startConnector = (definition: ConnectorDefinition): Promise<void> =>
  startService(connectorService(definition));

/** For tests: the same service, started in this process. */
export const createConnector = (
  definition: ConnectorDefinition,
  surroundings?: Parameters<typeof createService>[1],
): Promise<Service<Settings>> => createService(connectorService(definition), surroundings);
