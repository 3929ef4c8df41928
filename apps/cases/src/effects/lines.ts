/** Longest line of an NDJSON artifact, in characters: one match with all of its records. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** The non-empty lines of a UTF-8 stream. An error of the stream reaches the reader, which `node:readline` does not promise. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new RangeError('a line of an artifact is longer than 16 Mi characters');
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}
