import { project } from '../jest.config.mjs';

/** The crash tests (`npm run test:crash`): each file on a platform of its own, one after the other. */
export default {
  projects: [project('crash', ['\\.crash\\.spec\\.ts$'])],
  reporters: ['<rootDir>/src/crash/progress-reporter.mjs', 'default'],
  testTimeout: 240_000,
  maxWorkers: 1,
};
