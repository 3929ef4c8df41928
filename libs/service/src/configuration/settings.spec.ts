import { SERVICE_SETTINGS } from './service-settings.js';
import { type ConfigurationError, integer, json, list, readConfiguration, text } from './settings.js';

const settings = {
  NAME: text({ description: 'a name' }),
  SIZE: integer({ description: 'a size', min: 1, max: 9, fallback: 3 }),
  HOSTS: list({ description: 'hosts', pattern: /^[a-z]+$/, expected: 'must be letters' }),
  FEES: json({
    description: 'fees',
    fallback: {},
    check: (value) => {
      if (typeof value !== 'object') throw new Error('must be an object');
      return value ?? {};
    },
  }),
};
const faultsOf = (environment: Record<string, string>): string[] => {
  try {
    readConfiguration(settings, environment);
    return [];
  } catch (error) {
    return (error as ConfigurationError).faults.map(({ setting, fault }) => `${setting} ${fault}`);
  }
};

describe('configuration', () => {
  it('names every faulty setting in one error, without its value', () => {
    expect(faultsOf({ SIZE: '10', HOSTS: 'a,B', FEES: '{' })).toEqual([
      'NAME is required: a name',
      'SIZE must be a whole number from 1 to 9',
      'HOSTS must be letters',
      'FEES must be JSON',
    ]);
  });

  it('takes the default where a variable is absent or empty, and trims the rest', () => {
    expect(readConfiguration(settings, { NAME: ' x ', SIZE: '', HOSTS: 'a, b' })).toEqual({
      NAME: 'x',
      SIZE: 3,
      HOSTS: ['a', 'b'],
      FEES: {},
    });
  });

  it('refuses numbers that only begin like one', () => {
    for (const size of ['3x', '3.5', '0x3', '1e0', '99999999999999999999']) {
      expect(faultsOf({ NAME: 'x', HOSTS: 'a', SIZE: size })).toHaveLength(1);
    }
  });

  it('demands every service setting that has no default', () => {
    expect(() => readConfiguration(SERVICE_SETTINGS, {})).toThrow(/PORT[^]*MONGODB_URI[^]*KENRI_OIDC_ISSUER/);
  });
});
