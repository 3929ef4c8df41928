// Preloaded into a service under test (NODE_OPTIONS=--import): its clock is as far off as a file of its name says, in ms. Product
// code knows nothing of it; every clock in the process, the port's `systemClock` included, reads the time that this gives.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.env['KENRI_CHAOS_CLOCKS'];
const service = process.env['OTEL_SERVICE_NAME'];
const LOOK_EVERY_MS = 200;

if (folder && service) {
  const real = Date;
  const file = path.join(folder, service);
  let offset = 0;
  const look = () => {
    try {
      offset = Number(readFileSync(file, 'utf8')) || 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      offset = 0;
    }
  };
  look();
  setInterval(look, LOOK_EVERY_MS).unref();
  const now = () => real.now() + offset;
  globalThis.Date = new Proxy(real, {
    construct: (target, given: unknown[], made) =>
      Reflect.construct(
        target,
        given.length === 0 ? [now()] : given,
        made === globalThis.Date ? target : made,
      ) as object,
    apply: () => new real(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
  });
}
