import { describeConnector } from '@kenri/connector-kit/contract-suite';
import { persona, samplesIn } from '@kenri/testing';
import { map } from './data-map.js';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

describeConnector({
  map,
  schemas,
  samples: samplesIn('medical', samplesFor),
  identity: persona('taro').identity,
  underLegalHold: persona('takahashi').identity,
});
