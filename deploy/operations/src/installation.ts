import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { dataDirOf } from '@kenri/local/data-dir';
import { UsageFault } from './usage-fault.js';

/** How this tool signs in: with a token it was given, or by client credentials (RFC 6749 §4.4). */
export type SignIn =
  | { by: 'token'; token: string }
  | { by: 'client'; issuer: string; clientId: string; clientSecret: string; scope?: string };

/** Where an installation of Kenri is, and how an operator gets in. */
export interface Installation {
  /** `environment`, or the file of a running `npm start`. */
  source: string;
  /** Service → base address without a slash at its end; in the order in which they are shown. */
  services: ReadonlyMap<string, string>;
  /** Undefined where nothing says how: what needs no sign-in works all the same. */
  signIn: SignIn | undefined;
  /** Undefined where nothing says where Kafka is. */
  brokers: readonly string[] | undefined;
  topicPrefix: string;
}

type Settings = Readonly<Record<string, string | undefined>>;

const URL_SETTING = /^KENRI_URL_([A-Z0-9_]+)$/;
const BROKER = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;

const serviceOf = (setting: string): string | undefined =>
  URL_SETTING.exec(setting)?.[1]?.toLowerCase().replaceAll('_', '-');

/**
 * The installation that the environment names by KENRI_URL_<SERVICE>; without any such setting the one that `npm start` runs here.
 * The two are never mixed; `urls` (`service=url`) add to either, or replace.
 * @throws UsageFault
 */
export async function findInstallation(
  env: Settings,
  urls: readonly string[],
  read: (file: string) => Promise<string | undefined> = readWhereThere,
): Promise<Installation> {
  const named = Object.entries(env).some(([setting, value]) => value && serviceOf(setting) !== undefined);
  const file = path.join(dataDirOf(env), 'stack.json');
  const text = named ? undefined : await read(file);
  const running = text === undefined ? undefined : stackSettings(file, text);
  const settings = running ?? env;
  const services = new Map<string, string>();
  for (const [setting, value] of Object.entries(settings)) {
    const service = serviceOf(setting);
    if (service !== undefined && value) services.set(service, addressOf(setting, value));
  }
  for (const one of urls) {
    const [, service, url] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(one) ?? [];
    if (!service || !url)
      throw new UsageFault(`--url ${one}: give it as service=url, e.g. intake=http://127.0.0.1:4001`);
    services.set(service, addressOf(`--url ${service}`, url));
  }
  if (services.size === 0) {
    throw new UsageFault(
      `no service is known: no start of Kenri runs on ${path.dirname(file)} (KENRI_DATA), and no KENRI_URL_<SERVICE> ` +
        `is set. Start it with "npm start", or set KENRI_URL_INTAKE, KENRI_URL_CASES, KENRI_URL_CONNECTOR_AUTO, …, or give --url`,
    );
  }
  return {
    source: running ? file : 'environment',
    services: new Map([...services].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))),
    signIn: signInOf(settings),
    brokers: brokersOf(settings['KAFKA_BROKERS']),
    topicPrefix: settings['KENRI_TOPIC_PREFIX'] ?? '',
  };
}

const rank = (service: string): number => (service === 'intake' ? 0 : service === 'cases' ? 1 : 2);

const readWhereThere = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });

function stackSettings(file: string, text: string): Settings {
  try {
    return JSON.parse(text) as Settings;
  } catch {
    throw new UsageFault(
      `${file} cannot be read as JSON: is a start just writing it? Otherwise remove it and start anew`,
    );
  }
}

function addressOf(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UsageFault(`${name}: must be an address beginning with http:// or https://`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function signInOf(settings: Settings): SignIn | undefined {
  const token = settings['KENRI_TOKEN'];
  if (token) return { by: 'token', token };
  const issuer = settings['KENRI_OIDC_ISSUER'];
  const clientId = settings['KENRI_OIDC_CLIENT_ID'];
  const clientSecret = settings['KENRI_OIDC_CLIENT_SECRET'];
  if (!issuer || !clientId || !clientSecret) return undefined;
  const scope = settings['KENRI_OIDC_SCOPE'];
  return {
    by: 'client',
    issuer: addressOf('KENRI_OIDC_ISSUER', issuer),
    clientId,
    clientSecret,
    ...(scope && { scope }),
  };
}

function brokersOf(text: string | undefined): string[] | undefined {
  if (!text) return undefined;
  const brokers = text.split(',').map((one) => one.trim());
  if (!brokers.every((one) => BROKER.test(one)))
    throw new UsageFault('KAFKA_BROKERS: must be host:port, several separated by commas');
  return brokers;
}

/** The services meant by `--service`: whole names, or a connector's system. @throws UsageFault */
export function chooseServices({ services }: Installation, wanted: readonly string[]): string[] {
  const known = [...services.keys()];
  if (wanted.length === 0) return known;
  const chosen = wanted.map((name) => {
    const found = known.find((one) => one === name || one === `connector-${name}`);
    if (!found) throw new UsageFault(`--service ${name}: there is no such service; known: ${known.join(', ')}`);
    return found;
  });
  return known.filter((one) => chosen.includes(one));
}
