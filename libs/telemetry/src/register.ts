/**
 * Preloaded by every service (`node --import @kenri/telemetry/register …`): the hooks must stand before anything else is
 * imported, or spans and headers vanish silently.
 *
 * Traces are exported when the standard variables name a receiver (`OTEL_EXPORTER_OTLP_ENDPOINT` or
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`); without one, trace ids still run through messages and logs, and nothing is recorded.
 */
import { register } from 'import-in-the-middle/register-hooks.mjs';

if (process.env['OTEL_SDK_DISABLED'] !== 'true') {
  // Only what is instrumented below is wrapped: wrapping every module would slow the start.
  register({ include: ['http', 'https', 'node:http', 'node:https', 'mongodb'] });
  const { startSdk } = await import('./sdk.js');
  await startSdk();
}
