import { EVENTS, type EventType } from '@kenri/contracts';
import type { ServiceName } from '@kenri/local';

// Who takes which message, written down once more by hand (architecture.md, and the publishers in contracts.md): what the services
// themselves say of it is what is being tested.

type Consumer = 'intake' | 'cases' | 'connectors';

export const TAKEN_BY: Readonly<Record<EventType, readonly Consumer[]>> = {
  'dsr.request.accepted.v1': ['cases', 'connectors'],
  'dsr.request.withdrawn.v1': ['cases'],
  'dsr.lookup.requested.v1': ['connectors'],
  'dsr.plan.approved.v1': ['connectors'],
  'dsr.plan.cancelled.v1': ['connectors'],
  'dsr.restoration.approved.v1': ['connectors'],
  'dsr.records.located.v1': ['cases'],
  'dsr.plan.executed.v1': ['cases'],
  'dsr.plan.refused.v1': ['cases'],
  'dsr.absence.verified.v1': ['cases'],
  'dsr.records.restored.v1': ['cases'],
  'dsr.answer.failed.v1': ['cases'],
  'dsr.case.opened.v1': ['intake'],
  'dsr.case.changed.v1': ['intake'],
  'dsr.case.disposed.v1': ['intake', 'connectors'],
  'dsr.subject.erased.v1': [],
  'dsr.subject.corrected.v1': [],
  'dsr.suppression.set.v1': [],
  'dsr.receipt.recorded.v1': ['cases'],
};

export const TYPES = Object.keys(EVENTS) as EventType[];
export const topicOf = (type: EventType): string => EVENTS[type].topic;
export const systemOf = (service: ServiceName): string | undefined =>
  service.startsWith('connector-') ? service.slice('connector-'.length) : undefined;
const consumerOf = (service: ServiceName): Consumer =>
  service === 'intake' || service === 'cases' ? service : 'connectors';

export const takes = (service: ServiceName, type: EventType): boolean => TAKEN_BY[type].includes(consumerOf(service));
/** Whether the service reads the topic at all: of what it cannot even tell the type, it must not lose anything. */
export const reads = (service: ServiceName, topic: string): boolean =>
  TYPES.some((type) => topicOf(type) === topic && takes(service, type));
export const groupOf = (service: ServiceName): string => `kenri-${service}`;
