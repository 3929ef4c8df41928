import 'reflect-metadata';
import { ConfigurationError, readConfiguration, SERVICE_SETTINGS } from '@kenri/service';
import { verifyAllChains } from './history-chains.store.js';

// `node dist/verify-chains.js`: verifies the history of every case. Exit code 1 when one is altered, 78 for faulty settings.

const { MONGODB_URI, KENRI_DATABASE } = SERVICE_SETTINGS;
try {
  const configuration = readConfiguration({ MONGODB_URI, KENRI_DATABASE }, process.env);
  const result = await verifyAllChains(configuration.MONGODB_URI, configuration.KENRI_DATABASE);
  for (const { caseId, at, fault } of result.altered) process.stdout.write(`${caseId}: entry ${at}: ${fault}\n`);
  process.stdout.write(`${result.cases} cases, ${result.entries} entries, ${result.altered.length} chains altered\n`);
  process.exitCode = result.altered.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`verify-chains: ${error.message}\n`);
  process.exitCode = ConfigurationError.exitCode;
}
