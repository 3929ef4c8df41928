export { map } from './data-map.js';
export { schemas } from './schemas.js';
export { samplesFor } from './sample-data.js';
