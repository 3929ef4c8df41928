// Writes docs/asyncapi.json from libs/contracts, formatted as the house formats.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asyncApiDocument } from '@kenri/contracts';
import { format } from 'prettier';

const file = path.resolve(import.meta.dirname, '../../docs/asyncapi.json');
await writeFile(file, await format(JSON.stringify(asyncApiDocument()), { parser: 'json', printWidth: 120 }));
console.log(`wrote ${path.relative(process.cwd(), file)}`);
