import { verdictLine, verdictLines } from './cli.js';

interface Line {
  id: unknown;
  verdict?: string;
  error?: string;
  unreadable?: string[];
}
const taro = { fullName: '山田 太郎', birthDate: '1974-05-09', phones: ['09012345678'] };
const pair = (id: unknown, record: unknown = taro) => JSON.stringify({ id, applicant: taro, record });

async function run(...chunks: (string | Uint8Array)[]): Promise<Line[]> {
  async function* input() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
  let out = '';
  for await (const part of verdictLines(input())) out += part;
  expect(out === '' || out.endsWith('\n')).toBe(true);
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

describe('the match command', () => {
  it('writes one verdict per line, in order, the last without a line feed too', async () => {
    const lines = await run(`${pair(1)}\n${pair('b', { fullName: '木村 美咲' })}\r\n${pair(3)}`);
    expect(lines.map(({ id, verdict }) => [id, verdict])).toEqual([
      [1, 'certain'],
      ['b', 'different'],
      [3, 'certain'],
    ]);
  });

  it('a line cut anywhere, even within a character, is put together again', async () => {
    const bytes = Buffer.from(`${pair(1)}\n${pair(2)}\n`);
    for (let cut = 1; cut < bytes.length; cut += 7) {
      expect((await run(bytes.subarray(0, cut), bytes.subarray(cut))).map((line) => line.verdict)).toEqual([
        'certain',
        'certain',
      ]);
    }
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"fullName": 秘密'],
    ['no object', '["秘密"]'],
    ['no applicant', '{"id":7,"record":{}}'],
    ['a record that is a list', '{"id":7,"applicant":{},"record":["秘密"]}'],
    ['an id that is an object', '{"id":{"$gt":"秘密"},"applicant":{},"record":{}}'],
    ['deep nesting', '['.repeat(100_000)],
  ])('a line with %s gives an error line that repeats none of it, and the stream goes on', async (_what, line) => {
    const lines = await run(`${line}\n${pair(2)}\n`);
    expect(lines[0]!.error).toMatch(/^line 1: /);
    expect(JSON.stringify(lines[0])).not.toContain('秘密');
    expect(lines[1]).toMatchObject({ id: 2, verdict: 'certain' });
  });

  it('a separator inside a string (U+2028) does not end the line', async () => {
    expect(await run(`${pair(1).replace('山田 太郎', '山田\u2028太郎')}\n`)).toHaveLength(1);
  });

  it('bytes that are no UTF-8 make the field unreadable, not the line', async () => {
    const [before, after] = pair(1, { fullName: 'X' }).split('"X"');
    const lines = await run(
      Buffer.concat([Buffer.from(before!), Buffer.from([0x22, 0xff, 0xfe, 0x22]), Buffer.from(`${after}\n`)]),
    );
    expect(lines[0]).toMatchObject({ unreadable: ['name'] });
  });

  it('a line beyond the limit gives an error line, and the next is read', async () => {
    const lines = await run(Buffer.alloc(33 * 1024 * 1024, 0x20), `\n${pair(2)}\n`);
    expect(lines[0]!.error).toMatch(/^line 1: is longer than/);
    expect(lines[1]).toMatchObject({ id: 2, verdict: 'certain' });
  });

  it('the verdict line holds the fields of the contract', () => {
    expect(Object.keys(JSON.parse(verdictLine(pair(1), 1)) as object)).toEqual([
      'id',
      'verdict',
      'score',
      'agrees',
      'disagrees',
      'missing',
      'notComparable',
      'unreadable',
      'reasons',
    ]);
  });
});
