import type { ServiceDefinition } from '@kenri/service';
import { CasesModule } from './cases.module.js';
import { CASES_SETTINGS } from './setup/settings.js';

export const CASES_SERVICE: ServiceDefinition<typeof CASES_SETTINGS> = {
  name: 'cases',
  title: 'Kenri cases',
  description:
    'Every accepted application as one case: what each system found, what people decided, what was carried out, and the history of it.',
  settings: CASES_SETTINGS,
  module: CasesModule,
};
