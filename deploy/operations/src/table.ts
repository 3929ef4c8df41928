import stringWidth from 'string-width';

export interface Column {
  title: string;
  align?: 'right';
  /** What is cut where the terminal is too narrow: as many cells are kept at least. Columns without it are never cut. */
  shrinkTo?: number;
}

const GAP = '  ';
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What would move the cursor or colour the terminal is shown as `�`. */
// eslint-disable-next-line no-control-regex
const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');

/** Cuts a text to so many cells; one that was cut ends in `…`. */
export function cut(text: string, cells: number): string {
  if (stringWidth(text) <= cells) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    const wide = stringWidth(segment);
    if (width + wide > cells - 1) break;
    kept += segment;
    width += wide;
  }
  return `${kept}…`;
}

const pad = (text: string, cells: number, align?: 'right'): string => {
  const blanks = ' '.repeat(Math.max(0, cells - stringWidth(text)));
  return align === 'right' ? blanks + text : text + blanks;
};

/**
 * Lines of a table, columns aligned by the cells that their text takes (a kanji takes two). Where they do not fit into `width`
 * cells, columns that may be cut are cut, the widest first; where that is not enough, each row becomes a block of its own.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width = Infinity): string[] {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, at) =>
    Math.max(stringWidth(title), ...cells.map((row) => stringWidth(row[at] ?? ''))),
  );
  const total = () => widths.reduce((sum, one) => sum + one, 0) + GAP.length * (columns.length - 1);
  while (total() > width) {
    const cuttable = columns
      .map(({ title, shrinkTo }, at) => ({ at, least: Math.max(shrinkTo ?? Infinity, stringWidth(title)) }))
      .filter(({ at, least }) => widths[at]! > least)
      .sort((a, b) => widths[b.at]! - widths[a.at]!);
    const [widest] = cuttable;
    if (!widest) return blocks(columns, cells);
    widths[widest.at]! -= 1;
  }
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, at) => pad(cut(row[at] ?? '', widths[at]!), widths[at]!, align))
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...cells.map(line)];
}

/** Each row as lines of `title value`, whole, a blank line between rows. */
export function blocks(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widest = Math.max(...columns.map(({ title }) => stringWidth(title)));
  return rows.flatMap((row, index) => [
    ...(index > 0 ? [''] : []),
    ...columns.map(({ title }, at) => `${pad(title, widest)}${GAP}${printable(row[at] ?? '')}`.trimEnd()),
  ]);
}
