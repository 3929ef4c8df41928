import { describePersonas } from '@kenri/connector-kit/contract-suite';
import { samplesIn } from '@kenri/testing';
import { map } from './data-map.js';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

describePersonas({ map, schemas, samples: samplesIn('motorcycle', samplesFor) });
