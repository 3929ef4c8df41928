import { startService } from '@kenri/service';
import { INTAKE } from './service.js';

await startService(INTAKE);
