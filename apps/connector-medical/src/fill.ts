import { runFill } from '@kenri/connector-kit';
import { samplesIn } from '@kenri/testing';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

await runFill({ system: 'medical', schemas, samples: samplesIn('medical', samplesFor) });
