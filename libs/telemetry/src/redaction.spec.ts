import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { redactSpan } from './redaction.js';

const span = (attributes: Record<string, unknown>, message?: string): ReadableSpan =>
  ({
    attributes,
    events: [
      { name: 'exception', attributes: { 'exception.message': '山田太郎 not found', 'error.type': 'NotFound' } },
    ],
    status: { code: 2, ...(message === undefined ? {} : { message }) },
  }) as unknown as ReadableSpan;

describe('what leaves the process in a span', () => {
  it('keeps counts, codes and names of the platform', () => {
    const kept = {
      'kenri.case': '01ARZ',
      'messaging.destination.name': 'dsr.answers.v1',
      'http.route': '/cases/:id',
      'db.operation': 'find',
    };
    const finished = span({ ...kept });
    redactSpan(finished);
    expect(finished.attributes).toEqual(kept);
  });

  it('drops addresses, queries, statements and message keys', () => {
    const finished = span({
      'url.full': 'http://x/?q=taro',
      'db.statement': '{"tel":"090"}',
      'messaging.kafka.message.key': 'k',
      'client.address': '10.0.0.1',
    });
    redactSpan(finished);
    expect(finished.attributes).toEqual({});
  });

  it('drops exception texts from events and keeps the class of the error', () => {
    const finished = span({});
    redactSpan(finished);
    expect(finished.events[0]?.attributes).toEqual({ 'error.type': 'NotFound' });
  });

  it('keeps a status message that is a code and drops one that is a sentence', () => {
    const coded = span({}, 'manifest-stale');
    const worded = span({}, '山田太郎 has no contract');
    redactSpan(coded);
    redactSpan(worded);
    expect([coded.status.message, worded.status.message]).toEqual(['manifest-stale', undefined]);
  });
});
