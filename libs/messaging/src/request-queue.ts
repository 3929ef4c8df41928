import { createRequire } from 'node:module';

// kafkajs 2.2.4 looks after requests that wait behind a throttle or too many others every millisecond, on each connection, for ever,
// also when none waits (https://github.com/tulios/kafkajs/issues/1704): seven idle services burned a third of a core. Here a look is
// planned only while a request waits; whatever lets one wait plans it.

interface RequestQueue {
  pending: unknown[];
  scheduleCheckPendingRequests(): void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
const schedule = Object.getOwnPropertyDescriptor(prototype, 'scheduleCheckPendingRequests')?.value as
  RequestQueue['scheduleCheckPendingRequests'] | undefined;
if (!schedule) throw new Error('kafkajs has another request queue now: see whether this is still needed');
prototype.scheduleCheckPendingRequests = function scheduleIfAnyWaits() {
  if (this.pending.length > 0) schedule.call(this);
};
