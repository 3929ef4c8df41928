import type { ServiceDefinition } from '@kenri/service';
import { IntakeModule } from './intake.module.js';
import { INTAKE_SETTINGS } from './settings.js';

export const INTAKE: ServiceDefinition<typeof INTAKE_SETTINGS> = {
  name: 'intake',
  title: 'Kenri intake',
  description:
    'Applications under APPI arts. 32–39: form, identity, authority, fee, acceptance, and the applicant’s status.',
  settings: INTAKE_SETTINGS,
  module: (configuration) => IntakeModule.configured(configuration),
};
