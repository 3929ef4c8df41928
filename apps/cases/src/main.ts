import 'reflect-metadata';
import { startService } from '@kenri/service';
import { CASES_SERVICE } from './service.js';

await startService(CASES_SERVICE);
