import type { RawRecord } from '@kenri/samples';
import { CHAOS_HEADER } from './topic-tap.js';

const EVENT_TOPICS = new Set(['dsr.erasures.v1', 'dsr.suppressions.v1', 'dsr.corrections.v1']);

/** Which events went to the group, and which of them a business system has acknowledged on the topics: where one got lost. */
export class GroupTraffic {
  private readonly told = new Set<string>();
  private readonly acknowledged = new Set<string>();

  take({ topic, headers, value }: RawRecord): void {
    if (headers[CHAOS_HEADER] !== undefined || value === null) return;
    if (EVENT_TOPICS.has(topic)) {
      const { set } = JSON.parse(value.toString('utf8')) as { set?: string };
      this.told.add(set ?? String(headers['ce_id']));
    } else if (topic === 'dsr.receipts.v1') {
      const { eventId, subscriber } = JSON.parse(value.toString('utf8')) as { eventId: string; subscriber: string };
      this.acknowledged.add(`${subscriber} ${eventId}`);
    }
  }

  /** How far an event came of which the case has no receipt. */
  whereLost(eventId: string, subscriber: string): string {
    if (!this.told.has(eventId)) return 'never published';
    return this.acknowledged.has(`${subscriber} ${eventId}`) ? 'receipt not recorded' : 'never acknowledged';
  }
}
