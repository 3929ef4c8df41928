import { checkPayload, EVENTS, isEventType, MAX_PAYLOAD_BYTES } from '@kenri/contracts';
import type { TraceContext } from '@kenri/telemetry';
import { expectedKey, isCompacted } from './envelope.js';
import { RefusedWrite } from './errors.js';
import type { AnyOutgoing, OutboxEntry } from './message.js';

/**
 * Turns an outgoing message into an outbox entry.
 * @throws RefusedWrite when it does not fit its schema, is over 64 KB (MAX_PAYLOAD_BYTES, UTF-8), or is a tombstone for a topic
 * that is not compacted: nobody could ever publish it, so it must not be written.
 */
export function toEntry(outgoing: AnyOutgoing, n: string, time: Date, trace: TraceContext): OutboxEntry {
  const refuse = (why: string): never => {
    throw new RefusedWrite(`outgoing message ${outgoing.id} of type ${outgoing.type}: ${why}`);
  };
  if (!isEventType(outgoing.type)) return refuse('unknown event type');
  const { topic } = EVENTS[outgoing.type];
  let value: string | null = null;
  let key = outgoing.key ?? outgoing.caseId;
  if (outgoing.data === null) {
    if (!isCompacted(topic)) refuse(`a tombstone is only possible on a compacted topic, not on ${topic}`);
    if (outgoing.key === undefined) refuse('a tombstone needs the key it removes');
  } else {
    const checked = checkPayload(outgoing.type, outgoing.data);
    if (!checked.ok) refuse(`does not fit its schema at ${checked.violation.pointer} (${checked.violation.rule})`);
    if (outgoing.data.caseId !== outgoing.caseId) refuse('the payload names another case');
    key = expectedKey(outgoing.type, outgoing.caseId, outgoing.data);
    if (outgoing.key !== undefined && outgoing.key !== key) refuse('its key is not the one the contracts prescribe');
    value = JSON.stringify(outgoing.data);
    const size = Buffer.byteLength(value);
    if (size > MAX_PAYLOAD_BYTES) {
      refuse(`${size} bytes are over the limit of ${MAX_PAYLOAD_BYTES}; put what is large into an artifact`);
    }
  }
  // A case's messages share a partition whatever their key, so that they stay in order.
  const partitionBy = outgoing.partitionBy ?? outgoing.caseId;
  return {
    n,
    id: outgoing.id,
    type: outgoing.type,
    topic,
    caseId: outgoing.caseId,
    key,
    ...(partitionBy !== key && { partitionBy }),
    ...(outgoing.systems && { systems: [...outgoing.systems] }),
    time,
    value,
    ...(trace.traceparent && { trace }),
  };
}
