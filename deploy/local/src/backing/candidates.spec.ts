import { orderToTry, type CandidateName, type Probe } from './candidates.js';

const LISTED = ['environment', 'docker', 'mongod on the PATH', 'local server by cargo'] as const;
const usable = (...names: CandidateName[]) =>
  new Map<CandidateName, Probe>(LISTED.map((name) => [name, { usable: names.includes(name), detail: '' }]));

describe('the order in which a run finds its backing services', () => {
  test('what the environment names is used, and nothing else is tried behind its back', () => {
    expect(orderToTry(LISTED, usable('environment', 'docker'), 'docker')).toEqual(['environment']);
  });

  test('without it, ways are tried as listed, and ways that are not open are left out', () => {
    expect(orderToTry(LISTED, usable('docker', 'local server by cargo'), undefined)).toEqual([
      'docker',
      'local server by cargo',
    ]);
  });

  test('a later start goes on with the way that holds its data', () => {
    expect(orderToTry(LISTED, usable('docker', 'local server by cargo'), 'local server by cargo')).toEqual([
      'local server by cargo',
      'docker',
    ]);
  });

  test('an earlier way that is no longer open is not tried', () => {
    expect(orderToTry(LISTED, usable('docker'), 'mongod on the PATH')).toEqual(['docker']);
  });

  test('when no way is open nothing is tried', () => {
    expect(orderToTry(LISTED, usable(), 'docker')).toEqual([]);
  });
});
