import { startConnector } from '@kenri/connector-kit';
import { map } from './data-map.js';
import { schemas } from './schemas.js';

await startConnector({ map, schemas });
