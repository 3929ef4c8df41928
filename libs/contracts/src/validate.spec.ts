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

  it('names the place and the rule of a violation, never the value', () => {
    const checked = checkPayload('dsr.request.withdrawn.v1', { ...withdrawn, by: '山田太郎' });
    expect(checked).toMatchObject({ ok: false, violation: { pointer: '/by' } });
    expect(JSON.stringify(checked)).not.toContain('山田');
  });
});
