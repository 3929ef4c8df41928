import { ChoiceField, ChoiceListField, IntegerField, ObjectListField, TextField, TextListField } from './fields.js';
import { InputPipe } from './validation.js';
import type { Problem } from '../problems/problem.js';

class Entry {
  @TextField({ max: 3 })
  word: string;
}
class Base {
  @TextField({ min: 2, max: 3, optional: true })
  text?: string;
}
class Form extends Base {
  @IntegerField({ min: 1, max: 9, optional: true })
  size?: number;
  @ChoiceField({ of: ['red', 'blue'], optional: true })
  colour?: string;
  @ChoiceListField({ of: ['a', 'b'], minItems: 1, optional: true })
  letters?: string[];
  @TextListField({ maxItems: 1, max: 2, optional: true })
  words?: string[];
  @ObjectListField(() => Entry, { optional: true })
  entries?: Entry[];
}

async function faultOf(value: unknown): Promise<string> {
  const pipe = new InputPipe();
  const problem = await pipe.transform(value, { type: 'body', metatype: Form }).then(
    () => undefined,
    (error: unknown) => error as Problem,
  );
  return (problem?.options.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail.en}`).join('; ');
}

describe('a fault of the input', () => {
  it.each([
    [{ text: 'x' }, '/text must have at least 2 character(s)'],
    [{ text: 'long' }, '/text must have at most 3 characters'],
    [{ text: 1 }, '/text must be text'],
    [{ size: 0 }, '/size must be at least 1'],
    [{ size: 10 }, '/size must be at most 9'],
    [{ size: 1.5 }, '/size must be a whole number'],
    [{ colour: 'green' }, '/colour must be one of red, blue'],
    [{ colour: ['red'] }, '/colour must be one of red, blue'],
    [{ letters: ['a', 'c'] }, '/letters must be one of a, b'],
    [{ letters: [] }, '/letters must have at least 1 entries'],
    [{ letters: ['a', 'a'] }, '/letters must not repeat a value'],
    [{ words: ['ok', 'ok'] }, '/words must have at most 1 entries'],
    [{ words: ['long'] }, '/words must have at most 2 characters'],
    [{ entries: [{ word: 'x' }, { word: 'long' }] }, '/entries/1/word must have at most 3 characters'],
    [{ entries: ['x'] }, '/entries must be an object; /entries/0 must be an object'],
    [{ 'a/b~': 1 }, '/a~1b~0 is not a field here; remove it'],
  ])('%j is told with its place and its limit', async (value, told) => {
    expect(await faultOf(value)).toBe(told);
  });

  it('is not told of input that fits', async () => {
    const fitting = {
      text: 'abc',
      size: 1,
      colour: 'red',
      letters: ['a', 'b'],
      words: ['ab'],
      entries: [{ word: 'x' }],
    };
    expect(await faultOf(fitting)).toBe('');
  });

  it('never repeats the value', async () => {
    expect(await faultOf({ text: 'secret@example.jp', colour: 'secret@example.jp' })).not.toContain('secret');
  });
});
