import { createServer } from 'node:http';
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { startStack } from '@kenri/local';
const server = createServer((q, r) => {
  const c = [];
  q.on('data', (d) => c.push(d)).on('end', () => {
    appendFileSync('/tmp/e2e-scratch/spans.ndjson', Buffer.concat(c).toString() + '\n');
    r.setHeader('content-type', 'application/json');
    r.end('{}');
  });
}).listen(0, '127.0.0.1');
await new Promise((r) => server.once('listening', r));
const { KAFKA_BROKERS, MONGODB_URI, ...env } = process.env;
const dataDir = mkdtempSync('/tmp/kenri-scratch-');
const stack = await startStack({
  dataDir,
  purpose: 'test',
  people: 200,
  seed: 1,
  portBase: 4800,
  log: { line: (t) => console.log(t), progress: (t) => console.log(t) },
  env: {
    ...env,
    KENRI_UNDO_DAYS: '0',
    KENRI_REASK_SECONDS: '5',
    KENRI_PUBLIC_PER_MINUTE: '1000',
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.address().port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '200',
  },
  onServiceLine: (s, l) => appendFileSync('/tmp/e2e-scratch/lines.log', s + ' ' + l + '\n'),
});
writeFileSync(
  '/tmp/e2e-scratch/stack.json',
  JSON.stringify({
    kafkaBrokers: stack.kafkaBrokers,
    mongodbUri: stack.mongodbUri,
    issuer: stack.issuer,
    addresses: stack.addresses,
  }),
);
console.log('UP');
const end = async () => {
  await stack.stop();
  server.close();
  process.exit(0);
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
setTimeout(end, 35 * 60_000);
