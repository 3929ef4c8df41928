import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { CASES_SERVICE } from '@kenri/cases';
import { CONNECTOR_SETTINGS } from '@kenri/connector-kit';
import { INTAKE } from '@kenri/intake';
import { readConfiguration, SERVICE_SETTINGS, type Settings } from '@kenri/service';
import { environmentOf, portSetting, ROOT, SERVICES, SYSTEMS, type ServiceDefinition } from '../stack/services.js';
import { ALLOCATION, serviceArguments } from '../stack/supervised-service.js';

interface Container {
  image: string;
  build?: { dockerfile: string; target: string };
  command?: string[];
  environment?: Record<string, unknown>;
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  mem_limit?: string;
  pids_limit?: number;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string | string[] };
  depends_on?: Record<string, { condition: string }>;
  profiles?: string[];
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
/** As compose interpolates where the environment says nothing. */
const defaulted = (text: string) => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
const composeText = read('docker-compose.yml');
const compose = parse(defaulted(composeText), { merge: true }) as {
  services: Record<string, Container>;
  volumes: Record<string, unknown>;
};
const uninterpolated = parse(composeText, { merge: true }) as typeof compose;
const dockerfile = read('deploy/docker/Dockerfile');
const { version, devDependencies } = JSON.parse(read('package.json')) as {
  version: string;
  devDependencies: Record<string, string>;
};
const containers = Object.entries(compose.services);
const of = (name: string): Container => {
  const found = compose.services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

/** The ENV of the target `service`. */
const imageEnvironment = (): Record<string, string> => {
  const [, stage = ''] = /\nFROM \S+ AS service\n([^]*?)\nFROM /.exec(dockerfile) ?? [];
  const [, settings = ''] = /\nENV ((?:.*\\\n)*.*)/.exec(stage) ?? [];
  return Object.fromEntries(settings.split(/\s*\\\n\s*/).map((pair) => pair.split('=') as [string, string]));
};
const settingsOf = ({ name }: ServiceDefinition): Settings => {
  const own = { intake: INTAKE.settings, cases: CASES_SERVICE.settings }[name as string] ?? CONNECTOR_SETTINGS;
  return { ...SERVICE_SETTINGS, ...own };
};
const withoutService = ['kafka', 'mongodb', 'collector', 'traces', 'identity', 'prepare', 'feed'];

test('every service of apps/ is a container, and nothing else is there', () => {
  expect(Object.keys(compose.services).sort()).toEqual([...SERVICES.map(({ name }) => name), ...withoutService].sort());
});

test('Node runs a service in the image as in a local start: memory, flags, preload', () => {
  expect(imageEnvironment()).toMatchObject(ALLOCATION);
  const [, entry = '[]'] = /\nENTRYPOINT (\[.*\])/.exec(dockerfile) ?? [];
  expect(JSON.parse(entry)).toEqual(['node', ...serviceArguments('deploy/docker/service.mjs')]);
});

describe.each(SERVICES)('$name in a container', (definition) => {
  const { name } = definition;
  const container = of(name);
  // Compose hands every value over as text.
  const told = Object.entries(container.environment ?? {}).map(([setting, value]) => [setting, String(value)]);
  const environment = { ...imageEnvironment(), ...(Object.fromEntries(told) as Record<string, string>) };

  test('is told every setting that it requires, each one valid', () => {
    expect(() => readConfiguration(settingsOf(definition), environment)).not.toThrow();
  });

  test('is told nothing that it does not know', () => {
    const known = [...Object.keys(settingsOf(definition)), ...Object.keys(ALLOCATION)];
    const unknown = Object.keys(environment).filter((setting) => !known.includes(setting));
    expect(unknown.filter((setting) => !/^(OTEL_|NODE_ENV$)/.test(setting))).toEqual([]);
  });

  test('has the databases, systems and trace name that it has in a local start', () => {
    const around = { kafkaBrokers: '', mongodbUri: '', issuer: '', audience: 'kenri', dataDir: '/', cacheDir: '/' };
    const locally = environmentOf(definition, 0, around, {});
    const same = /^(KENRI_(.*_)?DATABASE|KENRI_OIDC_AUDIENCE|KENRI_UNDO_DAYS|OTEL_SERVICE_NAME)$/;
    const named = Object.fromEntries(Object.entries(locally).filter(([setting]) => same.test(setting)));
    expect(environment).toMatchObject(named);
    if (name === 'intake') expect(environment['KENRI_SYSTEMS']).toBe(SYSTEMS.join(','));
  });

  test('runs the image of this version by its name, with keys in a volume of its own', () => {
    expect(container.image).toBe(`kenri:${version}`);
    expect(container.build).toMatchObject({ dockerfile: 'deploy/docker/Dockerfile', target: 'service' });
    expect(container.command).toEqual([name]);
    const { KENRI_KEYS_DIR, KENRI_PUBLIC_KEYS_DIR } = environment;
    expect(container.volumes).toEqual([`keys-${name}:${KENRI_KEYS_DIR}`, `public-keys:${KENRI_PUBLIC_KEYS_DIR}`]);
    expect(of('prepare').volumes).toContain(`keys-${name}:/var/lib/kenri/keys-of/${name}`);
  });

  test('is published to this machine alone, at the port of a local start unless its setting says another', () => {
    const port = `127.0.0.1:\${${portSetting(name)}:-${4000 + definition.portOffset}}:${environment['PORT']}`;
    expect(uninterpolated.services[name]?.ports).toEqual([port]);
  });

  test('waits for what it stands on', () => {
    expect(container.depends_on).toMatchObject({
      kafka: { condition: 'service_healthy' },
      mongodb: { condition: 'service_healthy' },
      identity: { condition: 'service_healthy' },
      prepare: { condition: 'service_completed_successfully' },
    });
  });
});

describe.each(containers)('container %s', (name, container) => {
  test('is hardened: read-only, no capabilities, no new privileges, not root, limited', () => {
    expect(container).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      pids_limit: expect.any(Number) as number,
      mem_limit: expect.stringMatching(/^\d+[mg]$/) as string,
    });
    expect(container.user).toMatch(/^(?!root|0\b)\w+/);
  });

  test('has an image of one version', () => {
    expect(container.image).toMatch(/^[a-z/-]+:\d+\.\d+\.\d+$/);
  });

  test('is reachable from this machine only', () => {
    for (const port of container.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('keeps its data in volumes that are declared', () => {
    const named = (container.volumes ?? []).filter((volume) => /^\w/.test(volume)).map((one) => one.split(':')[0]);
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named));
  });

  test('can be asked for its health, where others wait for that', () => {
    const awaited = containers.some(([, other]) => other.depends_on?.[name]?.condition === 'service_healthy');
    if (!awaited) return;
    const byImage = container.build?.target === 'service' && /\nHEALTHCHECK --/.test(dockerfile);
    expect(byImage || container.healthcheck !== undefined).toBe(true);
  });
});

test('what `npm start` takes from here starts nothing else', () => {
  for (const name of ['kafka', 'mongodb']) expect(of(name).depends_on).toBeUndefined();
});

test('the image runs the Node that the tests run', () => {
  expect(dockerfile).toContain(`ARG NODE=node:${devDependencies['node']}-`);
  expect(dockerfile).toContain(`ARG VERSION=${version}`);
});

test('only the containers for trial have the image that signs in anybody', () => {
  const trial = containers.filter(([, { build }]) => build?.target === 'trial').map(([name]) => name);
  expect(trial.sort()).toEqual(['feed', 'identity', 'prepare']);
});
