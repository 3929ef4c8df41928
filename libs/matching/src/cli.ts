import { compare } from './compare/compare.js';
import { type Person } from './person.js';
import { prepare } from './prepare.js';

/** Longest line that is read, in bytes; a longer one gives an error line and is skipped. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;

type Id = string | number | null;

/** An error line: names what is wrong with the input line and how to mend it, and never repeats a value of it. */
function errorLine(line: number, id: Id, error: string): string {
  return JSON.stringify({ id, line, error: `line ${line}: ${error}` });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const list = (words: readonly string[]) => (words.length === 0 ? '[]' : `["${words.join('","')}"]`);

/**
 * The verdict line for one input line `{"id","applicant":Person,"record":Person}`, or an error line. Never throws.
 * @param number 1-based line number, for error lines
 */
export function verdictLine(text: string, number: number): string {
  let id: Id = null;
  try {
    const pair: unknown = JSON.parse(text);
    if (!isObject(pair))
      return errorLine(number, id, 'is not a JSON object; write {"id", "applicant": {…}, "record": {…}}');
    if (typeof pair['id'] === 'string' || typeof pair['id'] === 'number') id = pair['id'];
    else if (pair['id'] !== undefined && pair['id'] !== null)
      return errorLine(number, id, '"id" must be a string or a number');
    for (const side of ['applicant', 'record'] as const) {
      if (!isObject(pair[side]))
        return errorLine(number, id, `"${side}" is missing or no object; write a person such as {"fullName": "…"}`);
    }
    const { verdict, score, agrees, disagrees, missing, notComparable, unreadable, reasons } = compare(
      prepare(pair['applicant'] as Person),
      prepare(pair['record'] as Person),
    );
    // Assembled by hand, at half the cost of JSON.stringify: field names and codes need no escaping.
    return (
      `{"id":${JSON.stringify(id)},"verdict":"${verdict}","score":${score},"agrees":${list(agrees)},` +
      `"disagrees":${list(disagrees)},"missing":${list(missing)},"notComparable":${list(notComparable)},` +
      `"unreadable":${list(unreadable)},"reasons":${list(reasons.map((reason) => reason.code))}}`
    );
  } catch (error) {
    if (error instanceof SyntaxError) return errorLine(number, id, 'is not JSON; write one JSON object per line');
    // Whatever else: the stream goes on. The message of an engine error holds no input.
    return errorLine(number, id, `could not be compared (${error instanceof Error ? error.name : 'unknown error'})`);
  }
}

/**
 * Reads NDJSON from `input` and yields verdict lines in order, each with its line feed, in chunks. Lines end with LF or CRLF
 * (readline would also break at U+2028, which JSON strings may hold). Memory stays bounded by the longest line.
 */
export async function* verdictLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let tooLong = false;
  let number = 0;
  const finish = () => {
    number += 1;
    const line = Buffer.concat(pending).toString('utf8');
    const out = tooLong
      ? errorLine(number, null, `is longer than ${MAX_LINE_BYTES} bytes`)
      : verdictLine(line.endsWith('\r') ? line.slice(0, -1) : line, number);
    pending = [];
    pendingBytes = 0;
    tooLong = false;
    return out + '\n';
  };
  for await (const chunk of input) {
    let out = '';
    let start = 0;
    for (let end = chunk.indexOf(10); ; end = chunk.indexOf(10, start)) {
      const part = chunk.subarray(start, end < 0 ? chunk.length : end);
      if (pendingBytes + part.length > MAX_LINE_BYTES) {
        tooLong = true;
        pending = [];
      }
      if (!tooLong) pending.push(part);
      pendingBytes += part.length;
      if (end < 0) break;
      start = end + 1;
      out += finish();
    }
    if (out !== '') yield out;
  }
  if (pendingBytes > 0) yield finish();
}
