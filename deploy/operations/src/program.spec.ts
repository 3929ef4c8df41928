import { run } from './program.js';
import type { Terminal } from './output.js';

const ENV = {
  KENRI_URL_CASES: 'http://127.0.0.1:9',
  KENRI_URL_CONNECTOR_FLOWER: 'http://127.0.0.1:9',
  KENRI_TOKEN: 'x',
};
const ID = 'kenri-cases/dsr.answers.v1/3/17@1767225600000';

async function said(
  args: string[],
  terminal: Partial<Terminal> = {},
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await run(args, ENV, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    width: 100,
    ask: undefined,
    live: false,
    watchInterrupts: () => () => false,
    ...terminal,
  });
  return { code, out, err };
}

it.each([
  [[], /Usage: kenri/],
  [['outbx'], /unknown command 'outbx'[\s\S]*outbox/],
  [['outbox', '--jsn'], /unknown option '--jsn'/],
  [['outbox', '--patience', 'soon'], /--patience.*30s, 10m/],
  [['outbox', '--service', 'flour'], /--service flour.*known: cases, connector-flower/],
  [['outbox', 'cases'], /too many arguments/],
  [['outbox', '--url', 'x'], /--url x: give it as service=url/],
  [['lag'], /KAFKA_BROKERS/],
  [['parked', 'list', '--limit', '0'], /whole number from 1 to 100000/],
  [['parked', 'show'], /missing required argument 'id'/],
  [['parked', 'show', 'nonsense'], /an id looks like/],
  [['parked', 'show', 'kenri-other/dsr.answers.v1/3/17@1767225600000'], /no service other; known: cases/],
  [['parked', 'replay'], /say which: ids, or --service/],
  [['parked', 'replay', ID, '--all'], /not both/],
  [['parked', 'replay', ID], /give --yes/],
  [['parked', 'discard', ID, '--yes'], /say why with --because/],
  [['parked', 'discard', ID, '--yes', '--because', 'asked by Mr. Yamada'], /--because: must be/],
  [['index', 'sweep'], /say which systems/],
  [['index', 'sweep', 'cases'], /only connectors have a side index/],
])('%j is wrong usage: exit code 2, what is wrong and how to mend it', async (args, message) => {
  const { code, out, err } = await said(args);
  expect(err).toMatch(message);
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

it.each([
  [['--help']],
  [['parked', '--help']],
  [['parked', 'discard', '-h']],
  [['index', 'sweep', '--help']],
  [['lag', '--help']],
])('%j explains, with exit code 0', async (args) => {
  const { code, out, err } = await said(args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Usage: kenri/);
});

it('a service that is down is said in its row, with exit code 1', async () => {
  const { code, out } = await said(['outbox', '--service', 'cases']);
  expect(code).toBe(1);
  expect(out).toMatch(/cases.*\?/);
  expect(out).toContain('! cases: http://127.0.0.1:9 does not answer');
});

it('machines get one JSON document and the same exit code', async () => {
  const { code, out } = await said(['timers', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    services: [
      { service: 'cases', answered: false },
      { service: 'connector-flower', answered: false },
    ],
  });
});

it('a person who does not say yes has nothing done', async () => {
  const questions: string[] = [];
  const ask = (question: string) => Promise.resolve((questions.push(question), questions.length === 1 ? 'OPS-1' : 'n'));
  const { code, out } = await said(['parked', 'discard', ID], { ask });
  expect({ code, out }).toEqual({ code: 1, out: 'nothing was done\n' });
  expect(questions[1]).toBe('discard 1 message (1 of kenri-cases)? Their content is destroyed. [y/N] ');
});
