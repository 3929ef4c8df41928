import { checkPayload } from './validate.js';
import { EVENTS, type EventType } from './events.js';

const withdrawn = { caseId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', withdrawnAt: '2026-01-05T09:00:00Z', by: 'applicant' };

describe('payload validation', () => {
  it.each(Object.keys(EVENTS) as EventType[])(
    'has a compilable, strict schema for %s that refuses an empty payload',
    (type) => {
      expect(checkPayload(type, {})).toMatchObject({ ok: false });
    },
  );

  it('accepts a payload of its schema and ignores unknown fields', () => {
    expect(checkPayload('dsr.request.withdrawn.v1', { ...withdrawn, later: 'field' }).ok).toBe(true);
  });

  it.each([
    ['2016-12-31T23:59:60Z', false],
    ['0000-01-01T00:00:00+23:59', false],
    ['9999-12-31T23:59:59Z', false],
    ['2026-06-01T00:00:00+09', false],
    ['2026-06-01 00:00:00Z', false],
    ['2026-02-30T00:00:00Z', false],
    ['2026-06-01T00:00:00.123456789+09:00', true],
    ['1900-01-01T00:00:00Z', true],
  ])('takes the time %s, with which dates can be reckoned: %s', (withdrawnAt, ok) => {
    expect(checkPayload('dsr.request.withdrawn.v1', { ...withdrawn, withdrawnAt }).ok).toBe(ok);
    if (ok) expect(Number.isNaN(Date.parse(withdrawnAt))).toBe(false);
  });

  it('takes no system of a name that every object answers to', () => {
    const receipt = { caseId: withdrawn.caseId, eventId: 'x', outcome: 'done', recordedAt: '2026-01-05T09:00:00Z' };
    expect(checkPayload('dsr.receipt.recorded.v1', { ...receipt, subscriber: 'ais' }).ok).toBe(true);
    expect(checkPayload('dsr.receipt.recorded.v1', { ...receipt, subscriber: 'constructor' }).ok).toBe(false);
  });

  it('names the place and the rule of a violation, never the value', () => {
    const checked = checkPayload('dsr.request.withdrawn.v1', { ...withdrawn, by: '山田太郎' });
    expect(checked).toMatchObject({ ok: false, violation: { pointer: '/by' } });
    expect(JSON.stringify(checked)).not.toContain('山田');
  });
});
