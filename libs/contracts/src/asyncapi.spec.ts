import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Parser } from '@asyncapi/parser';
import { asyncApiDocument } from './asyncapi.js';

const file = path.resolve(import.meta.dirname, '../../../docs/asyncapi.json');

describe('the AsyncAPI document', () => {
  it('is a valid AsyncAPI 3.0 document', async () => {
    const { diagnostics } = await new Parser().parse(JSON.stringify(asyncApiDocument()));
    expect(
      diagnostics
        .filter(({ severity }) => Number(severity) === 0)
        .map(({ message, path: at }) => `${at.join('.')}: ${message}`),
    ).toEqual([]);
  }, 60_000);

  it('is published as the code has it (npm run asyncapi)', () => {
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(asyncApiDocument())));
  });
});
