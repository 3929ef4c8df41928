import stringWidth from 'string-width';
import { cut, table, type Column } from './table.js';

const COLUMNS: Column[] = [{ title: 'id' }, { title: 'reason', shrinkTo: 6 }, { title: 'number', align: 'right' }];
const ROWS = [
  ['kenri-cases/dsr.answers.v1/3/17', 'unknown-type', '1'],
  ['kenri-intake/dsr.cases.v1/0/4', '理由が分かりません', '12345678'],
  ['é👩‍👩‍👧', 'ｶﾅ', '3'],
];

it('columns stand under each other by the cells that their text takes, kanji and emoji included', () => {
  const columns = [{ title: 'a' }, { title: 'b' }];
  const lines = table(columns, [
    ['山田', 'x'],
    ['ｶﾅ', 'x'],
    ['👩‍👩‍👧', 'x'],
    ['é', 'x'],
    ['abcd', 'x'],
  ]);
  for (const line of lines.slice(1)) expect(stringWidth(line.slice(0, -1))).toBe(6);
  expect(lines).toContain('山田  x');
});

it('numbers stand at the right', () => {
  const [head, one, two] = table([{ title: 'number', align: 'right' }], [['1'], ['12345678']]);
  expect([head, one, two]).toEqual(['  number', '       1', '12345678']);
});

it.each([60, 52])('no line is wider than %d cells, and what must be copied whole is never cut', (width) => {
  const lines = table(COLUMNS, ROWS, width);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  expect(lines).toHaveLength(4);
  expect(lines[1]).toContain('kenri-cases/dsr.answers.v1/3/17');
  expect(lines.join('\n')).toContain('…');
});

it('where even that does not fit, each row is a block of whole values', () => {
  const lines = table(COLUMNS, ROWS.slice(0, 2), 40);
  expect(lines).toEqual([
    'id      kenri-cases/dsr.answers.v1/3/17',
    'reason  unknown-type',
    'number  1',
    '',
    'id      kenri-intake/dsr.cases.v1/0/4',
    'reason  理由が分かりません',
    'number  12345678',
  ]);
});

it('a file or a pipe gets everything whole', () => {
  expect(table(COLUMNS, ROWS).join('\n')).not.toContain('…');
});

it.each([
  ['abcdef', 4, 'abc…'],
  ['山田太郎', 5, '山田…'],
  ['山田太郎', 4, '山…'],
  ['山田太郎', 8, '山田太郎'],
])('%s is cut to %d cells between characters', (text, cells, expected) => {
  expect(cut(text, cells)).toBe(expected);
  expect(stringWidth(cut(text, cells))).toBeLessThanOrEqual(cells);
});

it('nothing in a cell can move the cursor, colour the terminal or begin a line', () => {
  const [, row] = table([{ title: 'detail' }], [['a\u001b[31mb\r\nc\u0007']]);
  expect(row).toBe('a\ufffd[31mb\ufffd\ufffdc\ufffd');
});
