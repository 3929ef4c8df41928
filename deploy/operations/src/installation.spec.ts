import { chooseServices, findInstallation } from './installation.js';

const KENRI_DATA = '/data';
const asked: string[] = [];
const find = (env: Record<string, string>, urls: readonly string[], running?: object) =>
  findInstallation({ KENRI_DATA, ...env }, urls, (file) => {
    asked.push(file);
    return Promise.resolve(running && JSON.stringify(running));
  });

it('services, sign-in and Kafka of a running start are found without any setting', async () => {
  const running = {
    KENRI_URL_CONNECTOR_BRAND_ITEM: 'http://127.0.0.1:4012',
    KENRI_URL_CASES: 'http://127.0.0.1:4002/',
    KENRI_URL_INTAKE: 'http://127.0.0.1:4001',
    KENRI_OIDC_ISSUER: 'http://127.0.0.1:4000',
    KENRI_OIDC_CLIENT_ID: 'sre',
    KENRI_OIDC_CLIENT_SECRET: 'x',
    KAFKA_BROKERS: '127.0.0.1:9092',
  };
  const found = await find({}, ['intake=https://intake.example/base/'], running);
  expect(asked).toEqual(['/data/stack.json']);
  expect([...found.services]).toEqual([
    ['intake', 'https://intake.example/base'],
    ['cases', 'http://127.0.0.1:4002'],
    ['connector-brand-item', 'http://127.0.0.1:4012'],
  ]);
  expect(found.signIn).toMatchObject({ by: 'client', clientId: 'sre' });
  expect(found.brokers).toEqual(['127.0.0.1:9092']);
});

it('what the environment names is never mixed with a start that runs here', async () => {
  const running = { KENRI_URL_CASES: 'http://127.0.0.1:4002', KAFKA_BROKERS: '127.0.0.1:9092', KENRI_TOKEN: 'local' };
  const found = await find({ KENRI_URL_INTAKE: 'https://intake.example' }, [], running);
  expect([...found.services.keys()]).toEqual(['intake']);
  expect(found).toMatchObject({ source: 'environment', brokers: undefined, signIn: undefined });
});

it.each([
  ['no service at all', {}, [], /npm start.*KENRI_URL_INTAKE/],
  ['an address that is none', { KENRI_URL_CASES: 'cases:4002' }, [], /KENRI_URL_CASES: must be an address/],
  ['an address without a service', {}, ['http://127.0.0.1:1'], /--url http.*service=url/],
  [
    'a broker without a port',
    { KENRI_URL_CASES: 'http://c', KAFKA_BROKERS: 'kafka' },
    [],
    /KAFKA_BROKERS: must be host:port/,
  ],
  [
    'an issuer that is no address',
    { KENRI_URL_CASES: 'http://c', KENRI_OIDC_ISSUER: 'x', KENRI_OIDC_CLIENT_ID: 'a', KENRI_OIDC_CLIENT_SECRET: 'b' },
    [],
    /KENRI_OIDC_ISSUER: must be/,
  ],
] as const)('%s is refused by its name', async (_what, env, urls, message) => {
  await expect(find(env, urls)).rejects.toThrow(message);
});

it('services are chosen by name or by system, and an unknown one is named with those there are', async () => {
  const env = { KENRI_URL_CASES: 'http://c', KENRI_URL_CONNECTOR_FLOWER: 'http://f' };
  const found = await find(env, []);
  expect(chooseServices(found, [])).toEqual(['cases', 'connector-flower']);
  expect(chooseServices(found, ['flower'])).toEqual(['connector-flower']);
  expect(() => chooseServices(found, ['flour'])).toThrow(/--service flour.*known: cases, connector-flower/);
});
