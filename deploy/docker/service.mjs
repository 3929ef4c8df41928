// The entry of the image: starts the service that its one argument names.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const apps = path.resolve(import.meta.dirname, '../../apps');
const mainOf = (name) => path.join(apps, name, 'dist', 'main.js');
const services = readdirSync(apps).filter((name) => existsSync(mainOf(name)));
const [wanted, ...more] = process.argv.slice(2);
const known = `services of this image: ${services.join(', ')}`;

if (wanted === '--help') {
  console.log(`Give the name of one service to start; its settings are environment variables.\n${known}`);
} else if (wanted === undefined || more.length > 0 || !services.includes(wanted)) {
  const fault = wanted === undefined ? 'no service is named' : `"${[wanted, ...more].join(' ')}" is no service`;
  console.error(`${fault}; ${known}`);
  process.exitCode = 2;
} else {
  await import(mainOf(wanted));
}
