// Three kinds of test, told apart by name: unit (.spec.ts, no I/O), integration (.int.spec.ts, one real broker or
// database) and end to end (.e2e.spec.ts, the built services). The last two share the backing services that
// deploy/local finds or starts once for the whole run. Crash tests (.crash.spec.ts) run by themselves (chaos/jest.config.mjs), but for a sample of
// them.
export const project = (displayName, testRegex, extra = {}) => ({
  displayName,
  rootDir: import.meta.dirname,
  testRegex,
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['kenri-src', 'node', 'node-addons'] },
  ...extra,
});

const backed = {
  globalSetup: '<rootDir>/deploy/local/src/jest/start-backing-services.ts',
  globalTeardown: '<rootDir>/deploy/local/src/jest/stop-backing-services.ts',
};

export default {
  projects: [
    project('unit', ['(?<!\\.int|\\.e2e|\\.crash)\\.spec\\.ts$']),
    project('integration', ['\\.int\\.spec\\.ts$'], backed),
    project('end-to-end', ['\\.e2e\\.spec\\.ts$', '/sample\\.crash\\.spec\\.ts$'], backed),
  ],
  testTimeout: 60_000,
  maxWorkers: 2,
  // A worker with nothing left open still needs time to give back its memory after minutes of work on a busy machine.
  workerGracefulExitTimeout: 5000,
};
