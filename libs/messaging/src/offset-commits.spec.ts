import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { OffsetCommits } from './offset-commits.js';

const EVERY_MS = 60;

/** A consumer with one partition: what is resolved is uncommitted until a commit goes through. */
class Partition {
  resolvedTo = 0;
  committedTo = 0;
  commits = 0;
  running = true;
  failing: Error | undefined;
  isRunning = () => this.running;
  uncommittedOffsets = () => ({
    topics:
      this.resolvedTo > this.committedTo
        ? [{ topic: 't', partitions: [{ partition: 0, offset: String(this.resolvedTo) }] }]
        : [],
  });
  commitOffsetsIfNecessary = (offsets?: { topics: { partitions: { offset: string }[] }[] }) => {
    if (this.failing) return Promise.reject(this.failing);
    this.commits += 1;
    this.committedTo = Number(offsets?.topics[0]?.partitions[0]?.offset ?? this.committedTo);
    return Promise.resolve();
  };
}

async function until(holds: () => boolean, withinMs = 5000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !holds(); await delay(5))
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms`);
}

describe('offsets', () => {
  let partition: Partition;
  let commits: OffsetCommits;
  const resolve = async () => {
    partition.resolvedTo += 1;
    await commits.resolved(partition);
  };
  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  beforeEach(() => {
    partition = new Partition();
    commits = new OffsetCommits(EVERY_MS);
  });
  afterEach(() => commits.stop());

  test('of the first message are committed at once, those that follow together, and none is left', async () => {
    await resolve();
    expect(partition.committedTo).toBe(1);
    for (let n = 0; n < 5; n += 1) await resolve();
    expect(partition.commits).toBe(1);
    await until(() => partition.committedTo === 6);
    expect(partition.commits).toBe(2);
  });

  test('that wait are committed when consuming ends', async () => {
    await resolve();
    await resolve();
    await commits.flush();
    expect(partition.committedTo).toBe(2);
  });

  test('that could not be committed are committed later, without another message', async () => {
    await resolve();
    partition.failing = new Error('the broker is away');
    await resolve();
    await delay(2 * EVERY_MS);
    expect(partition.committedTo).toBe(1);
    partition.failing = undefined;
    await until(() => partition.committedTo === 2);
  });

  test('of a consumer that has ended are let go: they come again', async () => {
    await resolve();
    partition.failing = new Error('not a member any more');
    await resolve();
    partition.running = false;
    await delay(2 * EVERY_MS);
    partition.failing = undefined;
    await delay(1200);
    expect(partition.commits).toBe(1);
  });

  test('committed within a batch tell the consumer why they could not be', async () => {
    partition.failing = new Error('the group is being rearranged');
    await expect(resolve()).rejects.toThrow('rearranged');
  });
});
