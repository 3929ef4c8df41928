import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApplicationFileFault, parseApplication, readApplications } from './application-file.js';

const good = {
  title: 'x',
  application: { channel: 'post', language: 'ja', kinds: ['disclosure'], identity: { fullName: '甲', emails: [] } },
};
const faultsOf = (text: string): readonly string[] => {
  try {
    parseApplication('a.json', text);
  } catch (error) {
    if (error instanceof ApplicationFileFault) return error.faults;
    throw error;
  }
  return [];
};
/** The file, one member a line. */
const lines = (value: unknown) => JSON.stringify(value, null, 1);
const lineOf = (text: string, word: string) => text.split('\n').findIndex((line) => line.includes(word)) + 1;

describe('an application file', () => {
  it('that is right is read as it is', () => {
    expect(parseApplication('a.json', lines(good))).toEqual(good);
  });

  it('that is empty or no JSON is refused with the line', () => {
    expect(faultsOf('')).toEqual([expect.stringMatching(/^a\.json:1 is /)]);
    expect(faultsOf('{\n "title": "x",\n "application" }')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^a\.json:3 is not JSON: /)]),
    );
    expect(faultsOf('{\n // a remark\n "title": "x" }').join()).toContain('a.json:2 is not JSON');
  });

  it('without a field that it needs is refused with the line of what should hold it, and the field', () => {
    const { application } = good;
    expect(faultsOf(lines({ application }))).toEqual(['a.json:1 /title is missing']);
    const { kinds: _kinds, ...rest } = application;
    const text = lines({ ...good, application: rest });
    expect(faultsOf(text)).toEqual([`a.json:${lineOf(text, '"application"')} /application/kinds is missing`]);
  });

  it.each([
    ['at the top', { ...good, titel: 'x' }, 'titel', '/titel'],
    ['deep inside', { ...good, expected: { systems: { auto: { fond: 1 } } } }, 'fond', '/expected/systems/auto/fond'],
  ])('with an unknown field %s is refused with its line and path', (_where, value, word, field) => {
    const text = lines(value);
    expect(faultsOf(text)).toEqual([`a.json:${lineOf(text, word)} ${field} is not a field of this format`]);
  });

  it('with a value that is none of those possible is refused with the possible ones', () => {
    const text = lines({ ...good, application: { ...good.application, channel: 'pigeon' } });
    const [fault] = faultsOf(text);
    expect(fault).toMatch(new RegExp(`^a\\.json:${lineOf(text, 'pigeon')} /application/channel must be one of .*post`));
  });

  it('with an operator or a wrong type where a text belongs is refused with the field', () => {
    const text = lines({ ...good, application: { ...good.application, identity: { fullName: { $gt: '' } } } });
    expect(faultsOf(text)).toEqual([expect.stringMatching(/^a\.json:\d+ \/application\/identity\/fullName /)]);
    expect(faultsOf(lines({ ...good, outage: { system: 7 } })).join()).toContain('/outage/system');
  });

  it('with several faults is refused with all of them at once', () => {
    expect(faultsOf(lines({ ...good, title: '', outage: {}, more: 1 })).length).toBe(3);
  });
});

describe('a folder of application files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kenri-applications-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const file = (name: string, content: unknown) => writeFile(path.join(folder, name), lines(content));

  it('is read in the order of its names, other files left out', async () => {
    await file('b.json', good);
    await file('a.json', { ...good, after: 'b.json' });
    await writeFile(path.join(folder, 'readme.txt'), 'no application');
    expect((await readApplications(folder)).map((one) => one.file)).toEqual(['a.json', 'b.json']);
  });

  it('names the faults of every file at once', async () => {
    await file('a.json', { ...good, title: '' });
    await writeFile(path.join(folder, 'b.json'), 'no');
    await expect(readApplications(folder)).rejects.toThrow(/a\.json:\d+ \/title[\s\S]*b\.json:1 is not JSON/);
  });

  it('is refused where a file runs after one that is not there, after itself, or in a circle', async () => {
    await file('a.json', { ...good, after: 'gone.json' });
    await expect(readApplications(folder)).rejects.toThrow('a.json /after names gone.json, which is not in the folder');
    await file('a.json', { ...good, after: 'a.json' });
    await expect(readApplications(folder)).rejects.toThrow('a.json /after leads back to itself');
    await file('a.json', { ...good, after: 'b.json' });
    await file('b.json', { ...good, after: 'c.json' });
    await file('c.json', { ...good, after: 'b.json' });
    const fault = await readApplications(folder).catch((error: unknown) => error);
    expect((fault as ApplicationFileFault).faults).toEqual([
      'b.json /after leads back to itself',
      'c.json /after leads back to itself',
    ]);
  });

  it('is refused where it is not there or holds no application', async () => {
    await expect(readApplications(path.join(folder, 'nowhere'))).rejects.toThrow(/there is no folder .*nowhere/);
    await expect(readApplications(folder)).rejects.toThrow('holds no application');
  });
});
