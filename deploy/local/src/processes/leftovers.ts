import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from './error-code.js';
import type { ProcessRecord } from './guarded-process.js';
import { processesOfGroup, signalGroup } from './process-identity.js';

/**
 * Ends what an earlier start left running, by the records in a folder. A process is ours only when it is in the recorded
 * group *and* its command line is the recorded one: a number given out again to somebody else's process is left alone.
 * Returns the names of what was ended.
 */
export async function endLeftovers(records: string, graceMs = 8000): Promise<string[]> {
  const files = await readdir(records).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  const ended = await Promise.all(
    files
      .filter((file) => file.endsWith('.json'))
      .map(async (file) => {
        const full = path.join(records, file);
        const record = await readRecord(full);
        const wasRunning = record ? await endGroup(record, graceMs) : false;
        await rm(full, { force: true });
        return wasRunning && record ? [record.name] : [];
      }),
  );
  return ended.flat();
}

/** A record half written when the power went names no process: nothing to end. */
async function readRecord(file: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(file, 'utf8');
  return text.trim().endsWith('}') ? (JSON.parse(text) as ProcessRecord) : undefined;
}

async function endGroup(record: ProcessRecord, graceMs: number): Promise<boolean> {
  const isOurs = async () => (await processesOfGroup(record.group)).some((one) => one.command.includes(record.command));
  if (!(await isOurs())) return false;
  signalGroup(record.group, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (await isOurs()) {
    if (Date.now() > deadline) signalGroup(record.group, 'SIGKILL');
    if (Date.now() > deadline + 5000)
      throw new Error(
        `cannot end ${record.name} left by an earlier start (process group ${record.group}): end it by hand`,
      );
    await delay(50);
  }
  return true;
}
