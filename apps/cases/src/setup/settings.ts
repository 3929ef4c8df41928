import { KIND_NAMES, type Kind } from '@kenri/contracts';
import { DEFAULT_DUE_DAYS, STRAIGHT_THROUGH_ELIGIBLE, type DueDays } from '@kenri/rights';
import { setting, type Configuration, type ServiceConfiguration } from '@kenri/service';
import type { CasePolicy } from '../decisions/policy.js';

const SYSTEM_ID = /^[a-z][a-z0-9-]{1,39}$/;

/** The business systems of the group and its partners, as ids of the register. */
export const GROUP_SYSTEMS = [
  'ais',
  'i-auc',
  'aucnet-sales-and-support',
  'auc-financial-partners',
  'aucnet-motorcycle',
  'aucnet-agri-business',
  'aucnet-consumer-products',
  'jbtv',
  'aucnet-medical',
  'aucnet-ibs',
  'carseru',
  'blancco-japan',
  'ing-communications',
  'runmart',
  'auc-service',
] as const;

const dueDays = (value: unknown): DueDays => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('must be a JSON object of days by request kind, such as {"disclosure":14}');
  }
  for (const [kind, days] of Object.entries(value)) {
    if (!KIND_NAMES.includes(kind as Kind)) throw new Error(`${JSON.stringify(kind)} is no kind of request`);
    if (!Number.isInteger(days) || days < 1 || days > 365) throw new Error(`${kind} must be 1 to 365 days`);
  }
  return { ...DEFAULT_DUE_DAYS, ...value };
};

/** A timer of Node holds at most 2^31 ms; a longer one would fire at once, again and again. */
const MOST_TIMER_HOURS = 500;

/** What the office configures of `cases`, beside the settings of every service. */
export const CASES_SETTINGS = {
  KENRI_DUE_DAYS: setting.json<DueDays>({
    description: 'days until an answer is due, by request kind (JSON); 14 where not named (R-32)',
    fallback: DEFAULT_DUE_DAYS,
    check: dueDays,
  }),
  KENRI_STRAIGHT_THROUGH: setting.list({
    description: 'kinds that may run without a person where nothing needs one; "none" for no kind',
    pattern: new RegExp(`^(none|${STRAIGHT_THROUGH_ELIGIBLE.join('|')})$`),
    expected: `must be none, or some of ${STRAIGHT_THROUGH_ELIGIBLE.join(', ')}`,
    fallback: STRAIGHT_THROUGH_ELIGIBLE,
  }),
  KENRI_UNDO_DAYS: setting.integer({
    description: 'days during which an erasure can be undone; the group is told when they are over; 0: never (R-22)',
    fallback: 7,
    min: 0,
    max: 90,
  }),
  KENRI_PLAN_VALID_DAYS: setting.integer({
    description: 'days within which an approved plan is executed, or never',
    fallback: 7,
    min: 1,
    max: 60,
  }),
  KENRI_REASK_SECONDS: setting.integer({
    description: 'seconds before a silent system is asked again for the first time',
    fallback: 120,
    min: 1,
    max: 86_400,
  }),
  KENRI_RECHECK_HOURS: setting.integer({
    description: 'hours before a blocked system is looked at again',
    fallback: 24,
    min: 1,
    max: 720,
  }),
  KENRI_ANNOUNCE_GRACE_HOURS: setting.integer({
    description: 'hours that the news of a final erasure waits for the other systems of the case',
    fallback: 24,
    min: 0,
    max: 720,
  }),
  KENRI_SUBSCRIBERS: setting.list({
    description: 'business systems that acknowledge erasures, suppressions and corrections (R-40, R-43)',
    pattern: SYSTEM_ID,
    expected: 'must be ids of the register (a-z, 0-9, -), separated by commas',
    fallback: GROUP_SYSTEMS,
  }),
  KENRI_RECEIPT_DAYS: setting.integer({
    description: 'days before a missing receipt is chased',
    fallback: 3,
    min: 1,
    max: 90,
  }),
  KENRI_DISPOSAL_DAYS: setting.integer({
    description: "days after closing until the applicant's data is destroyed (R-52)",
    fallback: 90,
    min: 0,
    max: 3650,
  }),
  KENRI_PACKAGE_LINK_DAYS: setting.integer({
    description: 'days for which a download link of a package is good (R-30)',
    fallback: 14,
    min: 1,
    max: 90,
  }),
  KENRI_CLOSES_BY_ITSELF: setting.flag({
    description: 'whether a case in which nothing is left to do closes without a person',
    fallback: true,
  }),
  KENRI_MEDICAL_SYSTEMS: setting.list({
    description: 'systems whose matches only a medical reviewer may see',
    pattern: SYSTEM_ID,
    expected: 'must be system ids (a-z, 0-9, -), separated by commas',
    fallback: ['medical'],
  }),
  KENRI_RECONCILE_HOURS: setting.integer({
    description: 'hours between comparisons of the suppression topic with the register; 0: only on demand',
    fallback: 24,
    min: 0,
    max: MOST_TIMER_HOURS,
  }),
  KENRI_ORPHANS_HOURS: setting.integer({
    description: 'hours between collections of artifacts that nothing refers to; 0: never',
    fallback: 24,
    min: 0,
    max: MOST_TIMER_HOURS,
  }),
} as const;

export type CasesConfiguration = ServiceConfiguration & Configuration<typeof CASES_SETTINGS>;

export const policyOf = (configuration: CasesConfiguration): CasePolicy => ({
  dueDays: configuration.KENRI_DUE_DAYS,
  straightThrough: configuration.KENRI_STRAIGHT_THROUGH.filter((kind) => kind !== 'none') as Kind[],
  undoDays: configuration.KENRI_UNDO_DAYS,
  planValidDays: configuration.KENRI_PLAN_VALID_DAYS,
  reaskSeconds: configuration.KENRI_REASK_SECONDS,
  recheckHours: configuration.KENRI_RECHECK_HOURS,
  announceGraceHours: configuration.KENRI_ANNOUNCE_GRACE_HOURS,
  subscribers: configuration.KENRI_SUBSCRIBERS,
  medicalSystems: configuration.KENRI_MEDICAL_SYSTEMS,
  receiptDays: configuration.KENRI_RECEIPT_DAYS,
  disposalDays: configuration.KENRI_DISPOSAL_DAYS,
  closesByItself: configuration.KENRI_CLOSES_BY_ITSELF,
});

/** Injects the `CasePolicy`. */
export const POLICY = Symbol('kenri case policy');
