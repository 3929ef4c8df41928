import type { EventType, Payload } from '@kenri/contracts';
import type { TraceContext } from '@kenri/telemetry';

/** A message that a change wants sent. It is written into the outbox of the changed document, in the same write. */
export interface Outgoing<T extends EventType = EventType> {
  /** `ce_id`: deterministic (`eventId` of @kenri/contracts), so that publishing again is seen as one. */
  id: string;
  type: T;
  /** `ce_subject`. */
  caseId: string;
  /** Kafka key; where absent what the contracts prescribe: the case id, for suppressions `<token>#<case id>`. */
  key?: string;
  /** What chooses the partition: the default partitioner (murmur2) is applied to this value. The case id where absent. */
  partitionBy?: string;
  /** `ce_systems`: whom it concerns. Absent: everyone. Empty: no connector. */
  systems?: readonly string[];
  /** `null` is a tombstone, for compacted topics only. */
  data: Payload<T> | null;
}

/** `Outgoing` for every event type, told apart by `type`. */
export type AnyOutgoing = { [T in EventType]: Outgoing<T> }[EventType];

/** An outgoing message as it waits in the document: serialised, checked, with the trace it was written under. */
export interface OutboxEntry {
  /** Tells this entry from all others, also from a deliberate repetition of the same message. */
  n: string;
  id: string;
  type: EventType;
  /** Name without a deployment's prefix. */
  topic: string;
  caseId: string;
  key: string;
  partitionBy?: string;
  systems?: string[];
  time: Date;
  /** The payload as JSON; null is a tombstone. */
  value: string | null;
  trace?: TraceContext;
}

/** A message as a handler gets it: decoded, validated against the schema of its type. */
export interface Received<T extends EventType = EventType> {
  id: string;
  type: T;
  caseId: string;
  /** When the sender wrote it. */
  time: Date;
  source: string;
  /** Empty where the message names no systems. */
  systems: string[];
  data: Payload<T>;
  /** The span in which this process handles the message: what follows from the message continues here. */
  traceparent?: string;
  tracestate?: string;
  /** Name without a deployment's prefix. */
  topic: string;
  partition: number;
  offset: string;
  key: string;
}
