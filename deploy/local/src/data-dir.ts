import path from 'node:path';
import { ROOT } from './stack/services.js';

/** Where the stack keeps everything: KENRI_DATA, or `.kenri` in the repository. Absolute. */
export const dataDirOf = (env: NodeJS.ProcessEnv): string => path.resolve(ROOT, env['KENRI_DATA'] || '.kenri');
