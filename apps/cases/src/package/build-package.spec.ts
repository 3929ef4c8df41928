import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ExportLine } from '@kenri/contracts';
import { BlobReader, TextWriter, Uint8ArrayWriter, ZipReader, type Entry, type FileEntry } from '@zip.js/zip.js';
import { buildPackage, generatePassword } from './build-package.js';
import type { SystemExport } from './export-stream.js';
import { BUNDLING } from './file-places.js';

const photo = Buffer.from('not really a photograph, but bytes all the same'.repeat(1000));
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const lines = (over: Partial<{ sha256: string; size: number }> = {}): ExportLine[] => [
  {
    header: {
      caseId: 'c',
      system: 'auto',
      round: 1,
      planId: 'p',
      label: { ja: '中古車', en: 'Used cars' },
      exportedAt: '2026-01-01T00:00:00Z',
      scopes: ['data'],
    },
  },
  {
    record: {
      ref: 'r1',
      collection: 'consignors',
      label: { ja: '出品者', en: 'Consignor' },
      fields: [
        { path: 'name', label: { ja: '氏名', en: 'Name' }, value: '山田 <b>太郎</b>' },
        { path: 'note', label: { ja: 'メモ', en: 'Note' }, value: '=HYPERLINK("http://x")' },
      ],
      purposes: [{ ja: 'オークションの運営', en: 'Running the auction' }],
      withheld: [{ path: 'memo', label: { ja: '社内の備考', en: 'Internal remark' }, ground: 'harm-to-rights' }],
    },
  },
  {
    file: {
      record: 'r1',
      name: '../../車 写真.jpg',
      contentType: 'image/jpeg',
      size: over.size ?? photo.length,
      sha256: over.sha256 ?? digest(photo),
    },
  },
  { chunk: photo.subarray(0, 20_000).toString('base64') },
  { chunk: photo.subarray(20_000).toString('base64') },
  {
    record: {
      ref: 'r2',
      collection: 'deals',
      label: { ja: '成約', en: 'Deal' },
      fields: [],
      purposes: [],
      withheld: [{ path: null, label: null, ground: 'harm-to-rights' }],
    },
  },
];
const source = (content: readonly unknown[]): SystemExport => ({
  system: 'auto',
  files: content.filter((line) => typeof line === 'object' && line !== null && 'file' in line).length,
  open: async () => Readable.from(content.map((line) => `${JSON.stringify(line)}\n`)),
});
/** Stands for very many. */
const SMALL = { above: 5, files: 3 };

const facts = {
  caseId: 'c',
  reference: 'K-2026-TEST',
  createdAt: new Date('2026-01-02T03:04:05Z'),
  language: 'ja' as const,
};

async function build(systems: SystemExport[], password = 'secret', bundling = BUNDLING) {
  const output = new PassThrough();
  const [zip, manifest] = await Promise.all([buffer(output), buildPackage(facts, systems, password, output, bundling)]);
  const entries = await new ZipReader(new BlobReader(new Blob([new Uint8Array(zip)]))).getEntries();
  return { entries, manifest };
}
const isFile = (entry: Entry): entry is FileEntry => !entry.directory;
const fileOf = (entries: Entry[], name: string | RegExp): FileEntry => {
  const found = entries
    .filter(isFile)
    .find(({ filename }) => (typeof name === 'string' ? filename === name : name.test(filename)));
  if (!found) throw new Error(`no ${String(name)} among ${entries.map(({ filename }) => filename).join(', ')}`);
  return found;
};
const textOf = (entries: Entry[], name: string | RegExp) =>
  fileOf(entries, name).getData(new TextWriter(), { password: 'secret' });

describe('the disclosure package (R-30)', () => {
  it('holds a report in both languages, JSON and CSV per system, the files, and a manifest whose digests are true', async () => {
    const { entries, manifest } = await build([source(lines())]);
    expect(entries.map(({ filename }) => filename.replace(/[0-9a-f]{12}-/, ''))).toEqual([
      'report.ja.html',
      'report.en.html',
      'data/auto.json',
      'data/auto.csv',
      'files/auto/車_写真.jpg',
      'manifest.json',
    ]);
    for (const { path, sha256, bytes } of manifest.files.filter((file) => file.path !== 'manifest.json')) {
      const content = Buffer.from(await fileOf(entries, path).getData(new Uint8ArrayWriter(), { password: 'secret' }));
      expect([path, content.length, digest(content)]).toEqual([path, bytes, sha256]);
    }
    expect(JSON.parse(await textOf(entries, 'manifest.json'))).toMatchObject({
      reference: 'K-2026-TEST',
      systems: ['auto'],
    });
  });

  it('encrypts every entry with AES-256 and opens only with its password', async () => {
    const { entries } = await build([source(lines())]);
    expect(entries.filter(isFile).map(({ encrypted, zipCrypto }) => [encrypted, zipCrypto])).toEqual(
      entries.map(() => [true, false]),
    );
    await expect(fileOf(entries, 'manifest.json').getData(new TextWriter(), { password: 'wrong' })).rejects.toThrow(
      /password/i,
    );
  });

  it('shows labels, not column names, and never lets held text become markup', async () => {
    const { entries } = await build([source(lines())]);
    const html = await textOf(entries, 'report.ja.html');
    expect(html).toContain('氏名');
    expect(html).toContain('山田 &lt;b&gt;太郎&lt;/b&gt;');
    expect(html).not.toContain('<b>太郎');
    expect(html).toContain('開示しない部分: 社内の備考');
    expect(html).toContain('開示しない部分: この記録の全部');
    const english = await textOf(entries, 'report.en.html');
    expect(english).toContain('Withheld: Internal remark');
    expect(english).toContain('APPI art. 33(2)(i)');
    const csv = await textOf(entries, 'data/auto.csv');
    expect(csv).toContain('開示しない部分: 社内の備考');
    for (const text of [html, english, csv]) expect(text).not.toContain('memo');
  });

  it('encloses very many files in bundles, each file once, whole, and named in the JSON', async () => {
    const many = Array.from({ length: 7 }, (_, n) => Buffer.from(`image ${n}`));
    const [header, record] = lines();
    const content = [
      header,
      record,
      ...[...many, many[0]!].flatMap((bytes, n) => [
        {
          file: {
            record: 'r1',
            name: `${n % 7}.jpg`,
            contentType: 'image/jpeg',
            size: bytes.length,
            sha256: digest(bytes),
          },
        },
        { chunk: bytes.toString('base64') },
      ]),
    ];
    const { entries, manifest } = await build([source(content)], 'secret', SMALL);
    const bundles = entries.filter(({ filename }) => filename.startsWith('files/'));
    expect(bundles.map(({ filename }) => filename)).toEqual([1, 2, 3].map((number) => `files/auto/000${number}.zip`));
    const found = new Map<string, string>();
    for (const { filename } of bundles) {
      const bytes = await fileOf(entries, filename).getData(new Uint8ArrayWriter(), { password: 'secret' });
      expect(manifest.files.find(({ path }) => path === filename)?.sha256).toBe(digest(Buffer.from(bytes)));
      for (const inner of (await new ZipReader(new BlobReader(new Blob([new Uint8Array(bytes)]))).getEntries()).filter(
        isFile,
      ))
        found.set(`${filename}/${inner.filename}`, await inner.getData(new TextWriter()));
    }
    const { records } = JSON.parse(await textOf(entries, 'data/auto.json')) as {
      records: { files: { path: string }[] }[];
    };
    const named = records.flatMap(({ files }) => files.map(({ path }) => path));
    expect(named).toHaveLength(many.length + 1);
    expect(named.map((path) => found.get(path))).toEqual([...many, many[0]!].map(String));
    expect(await textOf(entries, 'report.ja.html')).toContain('href="files/auto/0001.zip"');
  });

  it('is not built from a bundled file with another digest than declared', async () => {
    const [header, record] = lines();
    const files = Array.from({ length: SMALL.above + 1 }, (_, n) => [
      { file: { record: 'r1', name: `${n}.jpg`, contentType: 'image/jpeg', size: 1, sha256: 'a'.repeat(64) } },
      { chunk: Buffer.from('x').toString('base64') },
    ]).flat();
    const output = new PassThrough();
    output.resume();
    await expect(buildPackage(facts, [source([header, record, ...files])], 'secret', output, SMALL)).rejects.toThrow(
      /digest/,
    );
  });

  it('never lets a CSV cell be a formula', async () => {
    const { entries } = await build([source(lines())]);
    expect(await textOf(entries, 'data/auto.csv')).toContain(`"'=HYPERLINK(""http://x"")"`);
  });

  it('keeps a file name from leaving its folder', async () => {
    const { entries } = await build([source(lines())]);
    expect(entries.every(({ filename }) => !filename.includes('..'))).toBe(true);
  });

  it('says so where nothing was found in a system', async () => {
    const { entries } = await build([source(lines().slice(0, 1))]);
    expect(await textOf(entries, 'report.ja.html')).toContain('見つかりませんでした');
    expect(JSON.parse(await textOf(entries, 'data/auto.json'))).toMatchObject({ records: [] });
  });

  it.each([
    ['a file with another digest than declared', lines({ sha256: 'a'.repeat(64) }), /digest/],
    ['a file shorter than declared', lines({ size: photo.length + 1 }), /as long as it says/],
    ['records before the header', lines().slice(1), /does not begin with its header/],
    ['an empty export', [], /empty/],
  ])('is not built from %s', async (_what, content, reason) => {
    const output = new PassThrough();
    output.resume();
    await expect(buildPackage(facts, [source(content)], 'secret', output)).rejects.toThrow(reason);
  });

  it('makes passwords of 116 bits that can be read off a letter', () => {
    const passwords = new Set(Array.from({ length: 200 }, generatePassword));
    expect(passwords.size).toBe(200);
    for (const password of passwords)
      expect(password).toMatch(/^([a-km-zA-HJ-NP-Z2-9]{5}-){3}[a-km-zA-HJ-NP-Z2-9]{5}$/);
  });
});
