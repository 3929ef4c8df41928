import { readConfiguration } from '@kenri/service';
import { INTAKE_SETTINGS } from './settings.js';

test('intake does not start without being told which systems to ask', () => {
  expect(() => readConfiguration(INTAKE_SETTINGS, {})).toThrow(/KENRI_SYSTEMS/);
  expect(readConfiguration(INTAKE_SETTINGS, { KENRI_SYSTEMS: 'auto,a-sixth' }).KENRI_SYSTEMS).toEqual([
    'auto',
    'a-sixth',
  ]);
});
