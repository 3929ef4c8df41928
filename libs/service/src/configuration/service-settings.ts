import { choice, flag, integer, list, text, url } from './settings.js';

const database = (description: string) =>
  text({
    description,
    pattern: /^[A-Za-z0-9_-]{1,63}$/,
    expected: 'must be a database name: letters, digits, _ and -, at most 63',
  });
const folder = (description: string) => text({ description });

/** What every service is told (docs/design.md, Processes). */
export const SERVICE_SETTINGS = {
  HOST: text({ description: 'address to listen on', fallback: '127.0.0.1' }),
  PORT: integer({ description: 'port to listen on; 0 takes a free one', min: 0, max: 65_535 }),
  MONGODB_URI: url({ description: 'the MongoDB deployment', schemes: ['mongodb', 'mongodb+srv'] }),
  KENRI_DATABASE: database("this service's own database"),
  KENRI_ARTIFACTS_DATABASE: database('the artifact store'),
  KENRI_KEYS_DATABASE: database('keys of stored data'),
  KENRI_KEYS_DIR: folder('folder of private key files'),
  KENRI_PUBLIC_KEYS_DIR: folder('folder of public key files'),
  KAFKA_BROKERS: list({
    description: 'Kafka bootstrap servers, host:port separated by commas',
    pattern: /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/,
    expected: 'must be host:port, several separated by commas',
  }),
  KENRI_TOPIC_PREFIX: text({
    description: "put before every topic's and group's name, so that several installations share a broker",
    fallback: '',
    pattern: /^[a-z0-9.-]{1,60}$/,
    expected: 'must be at most 60 of a-z, 0-9, . and -',
  }),
  KENRI_OIDC_ISSUER: url({ description: 'OpenID issuer of staff tokens', schemes: ['https', 'http'] }),
  KENRI_OIDC_AUDIENCE: text({ description: 'audience that staff tokens must name', fallback: 'kenri' }),
  KENRI_OIDC_TOKEN_TYPE: text({
    description: 'typ header of access tokens (RFC 9068: at+jwt)',
    fallback: 'at+jwt',
    pattern: /^(at\+jwt|JWT|any)$/,
    expected: 'must be at+jwt, JWT or any',
  }),
  KENRI_TRUST_PROXY: flag({ description: 'whether X-Forwarded-For of a proxy in front is believed', fallback: false }),
  KENRI_BODY_LIMIT: integer({
    description: 'largest request body, in bytes',
    fallback: 256 * 1024,
    min: 1024,
    max: 64 * 1024 * 1024,
  }),
  LOG_LEVEL: choice({
    description: 'least severe level logged',
    of: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    fallback: 'info',
  }),
} as const;
