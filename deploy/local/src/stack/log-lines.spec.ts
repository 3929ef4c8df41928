import { readableLine } from './log-lines.js';

const at = new Date(2026, 10, 23, 9, 5, 7).getTime();

describe('log lines for a person', () => {
  test('a JSON line shows service, local time, level, message and the remaining fields', () => {
    const line = JSON.stringify({
      level: 40,
      time: at,
      pid: 1,
      hostname: 'h',
      service: 'cases',
      msg: 'late',
      round: 2,
    });
    expect(readableLine('cases', line, false)).toBe('cases                │ 09:05:07 WARN  late round=2');
  });

  test('a line that is no JSON is shown as it is', () => {
    expect(readableLine('intake', '{oops', false)).toBe('intake               │ {oops');
    expect(readableLine('intake', 'Error: no', false)).toMatch(/│ Error: no$/);
  });

  test('a request is shown as method, status and time', () => {
    const entry = {
      level: 30,
      time: at,
      msg: 'request completed',
      reqId: 'r',
      req: { method: 'GET' },
      route: '/cases/:caseId',
      res: { statusCode: 200 },
      responseTime: 3,
    };
    expect(readableLine('intake', JSON.stringify(entry), false)).toMatch(
      /INFO {2}request completed GET \/cases\/:caseId 200 in 3 ms$/,
    );
  });

  test('what Nest says of its own start is left out, unless it warns', () => {
    const entry = { time: at, context: 'RouterExplorer', msg: 'Mapped' };
    expect(readableLine('intake', JSON.stringify({ ...entry, level: 30 }), false)).toBeUndefined();
    expect(readableLine('intake', JSON.stringify({ ...entry, level: 40 }), false)).toContain('Mapped');
  });

  test('an empty line is left out', () => {
    expect(readableLine('intake', ' ', false)).toBeUndefined();
  });
});
