import { access, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../processes/error-code.js';
import { tryLock } from '../processes/file-lock.js';
import { anyFreePort } from '../processes/free-port.js';
import { endLeftovers } from '../processes/leftovers.js';
import { prepareBroker } from './broker-process.js';
import type { BackingContext } from './candidates.js';
import { javaMajor } from './executables.js';

/** Writing the archive takes the JVM some seconds at its end. */
const WRITING_SECONDS = 60;

/**
 * The broker's classes in the form in which this machine's JVM loads them (class data sharing, JEP 350): with it the broker
 * is up in half the time. Made once per machine by a trial run; without it the broker only starts more slowly.
 * @returns the archive's file, or `undefined` when there is none
 */
export async function classArchive(home: string, { log, signal }: BackingContext): Promise<string | undefined> {
  const file = path.join(home, `classes-java${await javaMajor()}.jsa`);
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) return file;
  const lock = await tryLock(`${file}.lock`, 'preparing a faster start of Kafka');
  if (!lock.taken) return undefined;
  const trial = path.join(home, 'trial');
  const draft = `${file}.partial`;
  try {
    log.line('Kafka: preparing faster starts, once for this machine (some 15 s)');
    await endLeftovers(path.join(trial, 'processes'));
    await rm(trial, { recursive: true, force: true });
    await rm(draft, { force: true });
    const { launch, awaitUp } = await prepareBroker({
      home,
      dataDir: trial,
      port: await anyFreePort(),
      jvmOptions: [`-XX:ArchiveClassesAtExit=${draft}`],
      graceSeconds: WRITING_SECONDS,
    });
    const broker = launch();
    await awaitUp(broker);
    await broker.stop();
    await rename(draft, file);
    return file;
  } catch (error) {
    signal?.throwIfAborted();
    log.line(`Kafka: no faster starts on this machine (${messageOf(error)})`);
    return undefined;
  } finally {
    await rm(trial, { recursive: true, force: true });
    await lock.release();
  }
}
