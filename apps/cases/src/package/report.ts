import type { Language } from '@kenri/contracts';
import { type ExportHeader, recordsOf, type RecordWithFiles, type SystemExport } from './export-stream.js';
import type { FilePlaces } from './file-places.js';
import { groundText, TEXTS } from './texts.js';

export interface PackageFacts {
  readonly caseId: string;
  readonly reference: string;
  readonly createdAt: Date;
  /** The language the person applied in comes first in the package. */
  readonly language: Language;
}

/** An export whose files have their places in the package. */
export interface PlacedExport extends SystemExport {
  readonly places: FilePlaces;
}

/** Records of one system shown in the readable report; JSON and CSV carry all of them. */
export const REPORT_LIMIT = 2000;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

const STYLE = `
:root{color-scheme:light dark}
body{font:16px/1.7 "Hiragino Sans","Noto Sans JP","Noto Sans CJK JP","Yu Gothic",system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.4}h2{font-size:1.25rem;margin-top:3rem;border-bottom:2px solid;padding-bottom:.3rem}
h3{font-size:1rem;margin:2rem 0 .4rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #8888;padding:.35rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{width:34%;font-weight:600;background:#8881}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0}
.note{border-left:4px solid #8888;padding-left:1rem}.empty{opacity:.6}
@media print{h2{break-before:page}section section{break-inside:avoid}body{margin:0;max-width:none}}
`;

/** The readable report in one language, piece by piece: memory does not grow with the data. */
export async function* reportHtml(
  facts: PackageFacts,
  systems: readonly PlacedExport[],
  language: Language,
): AsyncGenerator<string> {
  const t = (key: keyof typeof TEXTS) => escape(TEXTS[key][language]);
  const created = new Intl.DateTimeFormat(language === 'ja' ? 'ja-JP' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Asia/Tokyo',
  }).format(facts.createdAt);
  yield `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`;
  yield `<title>${t('title')} ${escape(facts.reference)}</title><style>${STYLE}</style></head><body><main><h1>${t('title')}</h1>`;
  yield `<dl><dt>${t('reference')}</dt><dd>${escape(facts.reference)}</dd><dt>${t('created')}</dt><dd>${escape(created)}</dd></dl>`;
  yield `<p>${t('intro')}</p>`;
  for (const source of systems) {
    let shown = 0;
    for await (const part of recordsOf(source)) {
      if ('header' in part) {
        yield `<section><h2>${escape(part.header.label[language])}</h2>`;
        continue;
      }
      shown += 1;
      if (shown > REPORT_LIMIT) break;
      yield recordHtml(part.record, shown, source.places, language);
    }
    if (shown === 0) yield `<p class="empty">${t('nothing')}</p>`;
    if (shown > REPORT_LIMIT) yield `<p class="note">${t('truncated')}</p>`;
    yield '</section>';
  }
  yield `<p class="note">${t('complain')}</p></main></body></html>\n`;
}

function recordHtml(record: RecordWithFiles, number: number, places: FilePlaces, language: Language): string {
  const t = (key: keyof typeof TEXTS) => escape(TEXTS[key][language]);
  const rows = record.fields.map(({ label, value }) => {
    const yesNo = value === 'true' ? t('yes') : value === 'false' ? t('no') : undefined;
    const shown =
      yesNo ?? (value === '' ? `<span class="empty">${t('empty')}</span>` : escape(value).replaceAll('\n', '<br>'));
    return `<tr><th scope="row">${escape(label[language])}</th><td>${shown}</td></tr>`;
  });
  for (const { label, ground } of record.withheld) {
    const what = label === null ? t('withheldRecord') : escape(label[language]);
    rows.push(
      `<tr><th scope="row">${t('withheld')}: ${what}</th><td>${escape(groundText(ground, language))}</td></tr>`,
    );
  }
  if (record.files.length > 0) {
    const links = record.files.map((file) => {
      const { entry, within } = places.of(file);
      const href = entry.split('/').map(encodeURIComponent).join('/');
      // A browser cannot look into a bundle: it is named, with the file's name in it.
      const where = within === null ? '' : ` (${escape(within)})`;
      return `<a href="${escape(href)}">${escape(file.name)}</a>${where}`;
    });
    rows.push(`<tr><th scope="row">${t('files')}</th><td>${links.join('<br>')}</td></tr>`);
  }
  if (record.purposes.length > 0) {
    const purposes = record.purposes.map((purpose) => escape(purpose[language])).join('<br>');
    rows.push(`<tr><th scope="row">${t('purposes')}</th><td>${purposes}</td></tr>`);
  }
  return `<section><h3>${number}. ${escape(record.label[language])}</h3><table><tbody>${rows.join('')}</tbody></table></section>`;
}

/** One system's records as one JSON document. */
export async function* systemJson(facts: PackageFacts, source: PlacedExport): AsyncGenerator<string> {
  let separator = '';
  for await (const part of recordsOf(source)) {
    if ('header' in part) {
      const { system, label, exportedAt, scopes } = part.header satisfies ExportHeader;
      const head = JSON.stringify({ reference: facts.reference, system, label, exportedAt, scopes });
      yield `${head.slice(0, -1)},"records":[`;
      continue;
    }
    const { files, ref: _ref, ...record } = part.record;
    const enclosed = files.map(({ name, contentType, size, sha256 }) => ({
      name,
      path: source.places.pathOf({ name, sha256 }),
      contentType,
      size,
      sha256,
    }));
    yield `${separator}\n${JSON.stringify({ ...record, files: enclosed })}`;
    separator = ',';
  }
  yield '\n]}\n';
}

/** One system's records as rows of (kind, record, item, content): kinds differ in their fields, so a field is a row. */
export async function* csvRows(source: PlacedExport, language: Language): AsyncGenerator<string[]> {
  yield [TEXTS.collection[language], TEXTS.record[language], TEXTS.field[language], TEXTS.value[language]];
  let number = 0;
  for await (const part of recordsOf(source)) {
    if ('header' in part) continue;
    number += 1;
    const { record } = part;
    for (const { label, value } of record.fields)
      yield [record.label[language], String(number), label[language], value];
    for (const { label, ground } of record.withheld) {
      yield [
        record.label[language],
        String(number),
        `${TEXTS.withheld[language]}: ${label?.[language] ?? TEXTS.withheldRecord[language]}`,
        groundText(ground, language),
      ];
    }
    for (const file of record.files)
      yield [record.label[language], String(number), TEXTS.files[language], source.places.pathOf(file)];
  }
}
