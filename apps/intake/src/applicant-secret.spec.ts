import { hashSecret, verifySecret } from './applicant-secret.js';
import { dayOf, monthsBefore } from './decisions/days.js';
import { newReference, newSecret, normaliseSecret, REFERENCE } from './decisions/reference.js';

const countingUp = () => {
  let next = 0;
  return (below: number) => next++ % below;
};

describe('references and secrets', () => {
  it('have no characters that are taken for each other', () => {
    expect(newReference(new Date('2026-05-01T00:00:00Z'), countingUp())).toBe('K-2026-234567');
    const every = Array.from({ length: 40 }, (_, start) => newSecret((below) => (start * 7) % below)).join('');
    expect(every).not.toMatch(/[01OILUV]/);
  });

  it('take the year of Japan', () => {
    expect(newReference(new Date('2026-12-31T15:00:00Z'), countingUp())).toMatch(/^K-2027-/);
  });

  it('are recognised', () => {
    expect(
      ['K-2026-7F3K9Q', 'K-2026-7F3K9', 'K-2026-7F3K90', 'k-2026-7F3K9Q'].map((text) => REFERENCE.test(text)),
    ).toEqual([true, false, false, false]);
  });

  it('are accepted as people type them, and only the right one', async () => {
    const secret = newSecret(countingUp());
    const stored = await hashSecret(secret);
    expect(stored).not.toContain(normaliseSecret(secret));
    expect(await verifySecret(secret.toLowerCase().replaceAll('-', ' '), stored)).toBe(true);
    expect(await verifySecret(`${secret}2`, stored)).toBe(false);
    expect(await verifySecret('', stored)).toBe(false);
    expect(await verifySecret(secret, undefined)).toBe(false);
  });
});

describe('days', () => {
  it('are days in Japan', () => {
    expect(dayOf(new Date('2026-01-31T15:00:00Z'))).toBe('2026-02-01');
  });
  it('some months before end with the month where it is shorter', () => {
    expect([monthsBefore('2026-05-31', 3), monthsBefore('2026-01-15', 3), monthsBefore('2024-05-30', 3)]).toEqual([
      '2026-02-28',
      '2025-10-15',
      '2024-02-29',
    ]);
  });
});
