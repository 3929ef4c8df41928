import { checkPayload, MAX_PAYLOAD_BYTES, type EventType } from '@kenri/contracts';
import type { ServiceName } from '@kenri/local';
import type { BadRecord, MessageFault } from './bad-records.js';
import { reads, systemOf, takes } from './consumers.js';
import { HARMLESS_TEXT, HEADER_FAULTS } from './record-faults.js';

/** What a service must do with it. */
export type Expected =
  /** Parked, once, for one of these reasons. */
  | { is: 'parked'; codes: readonly string[] }
  /** It does not concern the service, or says nothing new. */
  | { is: 'passed over' }
  /** Allowed by its schema, and odd: to be taken, or refused for a reason that the service knows. Never a failure of the handler. */
  | { is: 'either' };

const parked = (...codes: string[]): Expected => ({ is: 'parked', codes });
const PASSED: Expected = { is: 'passed over' };

/** What the service must do with the message, reasoned from the contracts alone. */
export function expectedOf(record: BadRecord, service: ServiceName): Expected {
  const { plan, topic, headers } = record;
  const { fault } = plan;
  if (!reads(service, topic)) return PASSED;
  const system = systemOf(service);
  const named = 'ce_systems' in headers ? String([headers['ce_systems']].flat()[0]).split(',') : undefined;
  // The header lets a connector skip what is for others without looking at the rest.
  if (system !== undefined && named !== undefined && !named.filter((one) => one !== '').includes(system)) return PASSED;
  if (fault.in === 'headers' && HEADER_FAULTS[fault.which].stage === 'type')
    return parked(HEADER_FAULTS[fault.which].code);
  const type = fault.in === 'what was sent' ? (String([headers['ce_type']].flat()[0]) as EventType) : plan.type;
  if (!takes(service, type)) return PASSED;
  if (named?.some((one) => one !== '' && !/^[a-z][a-z0-9-]{1,39}$/.test(one)))
    return parked('malformed-header', ...codesOf(fault));
  const codes = codesOf(fault);
  if (codes.length > 0) return parked(...codes);
  return ofContent(record, type, system);
}

function codesOf(fault: MessageFault): string[] {
  switch (fault.in) {
    case 'headers':
      return [HEADER_FAULTS[fault.which].code];
    case 'key':
      return ['wrong-key'];
    case 'text':
      return HARMLESS_TEXT.has(fault.which) ? [] : ['malformed-json', 'schema-violation'];
    case 'value':
      if (fault.which === 'tombstone') return ['tombstone'];
      return ['list', 'number', 'null', 'text'].includes(fault.which) ? ['schema-violation'] : ['oversized'];
    default:
      return [];
  }
}

/** What is JSON and well addressed: by its schema, and by whether its sealed part opens. */
function ofContent({ plan, value, headers }: BadRecord, type: EventType, system: string | undefined): Expected {
  const bytes = value ?? Buffer.alloc(0);
  if (bytes.length > MAX_PAYLOAD_BYTES) return parked('oversized');
  const data = JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, '')) as {
    caseId?: string;
    system?: string;
    systems?: string[];
  };
  if (!checkPayload(type, data).ok) return parked('schema-violation');
  if (data.caseId !== String(headers['ce_subject'])) return parked('wrong-subject');
  const { fault } = plan;
  const forThis = system === undefined || (data.systems ?? [data.system]).includes(system);
  const sealed = type === 'dsr.request.accepted.v1' || type === 'dsr.lookup.requested.v1';
  if (fault.in === 'what was sent' && fault.which !== 'another id') return { is: 'either' };
  if (sealed) return forThis ? parked('sealed-part-refused') : PASSED;
  return fault.in === 'what was sent' || fault.in === 'payload' ? { is: 'either' } : PASSED;
}
