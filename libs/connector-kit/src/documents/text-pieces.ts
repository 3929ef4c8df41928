const PIECE = 64 * 1024;

/** Text as bytes, in pieces of some size whatever the texts' own: each costs a little on its way into the artifact store. */
export function* inPieces(texts: Iterable<string>): Iterable<Buffer> {
  let waiting: string[] = [];
  let length = 0;
  for (const text of texts) {
    waiting.push(text);
    length += text.length;
    if (length < PIECE) continue;
    yield Buffer.from(waiting.join(''), 'utf8');
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.from(waiting.join(''), 'utf8');
}
