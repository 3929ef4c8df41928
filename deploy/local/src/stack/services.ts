import { globSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../../../..');

/** The business systems that have a connector: one for every `apps/connector-<system>` of the checkout, by name. */
export const systemsIn = (root: string): readonly string[] =>
  globSync('apps/connector-*/package.json', { cwd: root })
    .map((file) => path.basename(path.dirname(file)).slice('connector-'.length))
    .sort();
export const SYSTEMS = systemsIn(ROOT);

export type ServiceName = 'intake' | 'cases' | `connector-${string}`;

/** One process of the stack. */
export interface ServiceDefinition {
  name: ServiceName;
  /** Added to the port base. */
  portOffset: number;
  /** Its own database. */
  database: string;
  /** A connector's system. */
  system?: string;
}

const underscored = (name: string) => name.replaceAll('-', '_');

export const SERVICES: readonly ServiceDefinition[] = [
  { name: 'intake', portOffset: 1, database: 'kenri_intake' },
  { name: 'cases', portOffset: 2, database: 'kenri_cases' },
  ...SYSTEMS.map((system, index) => ({
    name: `connector-${system}` as const,
    portOffset: 11 + index,
    database: `kenri_connector_${underscored(system)}`,
    system,
  })),
];

export const SERVICE_NAMES: readonly ServiceName[] = SERVICES.map(({ name }) => name);

/** The setting that fixes the port of a process, e.g. KENRI_PORT_CONNECTOR_BRAND_ITEM. */
export const portSetting = (name: ServiceName | 'identity') => `KENRI_PORT_${underscored(name).toUpperCase()}`;

/** The setting that tells operators' tools where a service is, e.g. KENRI_URL_CONNECTOR_BRAND_ITEM. */
export const urlSetting = (name: ServiceName) => `KENRI_URL_${underscored(name).toUpperCase()}`;

/** What all services share. */
export interface Surroundings {
  kafkaBrokers: string;
  mongodbUri: string;
  issuer: string;
  audience: string;
  /** Absolute. */
  dataDir: string;
  /** Absolute. */
  cacheDir: string;
}

/** The whole configuration of a service, as its environment. What the caller's environment says of LOG_LEVEL and OTEL_* passes through. */
export function environmentOf(
  service: ServiceDefinition,
  port: number,
  around: Surroundings,
  inherited: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return {
    LOG_LEVEL: 'info',
    // Without an undo window the group hears of an erasure at once, as one wants to see it on one's own machine; the environment may say otherwise.
    ...(service.name === 'cases' && { KENRI_UNDO_DAYS: '0' }),
    ...inherited,
    OTEL_SERVICE_NAME: service.name,
    // Compiled code of the dependencies, kept between starts: a quarter less work at each.
    NODE_COMPILE_CACHE: path.join(around.cacheDir, 'node-compile-cache'),
    KAFKA_BROKERS: around.kafkaBrokers,
    MONGODB_URI: around.mongodbUri,
    KENRI_DATABASE: service.database,
    ...(service.system && { KENRI_STORE_DATABASE: `store_${underscored(service.system)}` }),
    KENRI_ARTIFACTS_DATABASE: 'kenri_artifacts',
    KENRI_KEYS_DATABASE: 'kenri_keys',
    KENRI_KEYS_DIR: path.join(around.dataDir, 'keys', 'private'),
    KENRI_PUBLIC_KEYS_DIR: path.join(around.dataDir, 'keys', 'public'),
    HOST: '127.0.0.1',
    PORT: String(port),
    KENRI_OIDC_ISSUER: around.issuer,
    KENRI_OIDC_AUDIENCE: around.audience,
    KENRI_SYSTEMS: SYSTEMS.join(','),
  };
}
