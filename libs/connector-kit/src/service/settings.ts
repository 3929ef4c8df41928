import { setting } from '@kenri/service';

const MILLISECONDS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `1h`, `30d` in milliseconds; null where it is no duration. */
export function durationOf(text: string): number | null {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return count && unit ? Number(count) * MILLISECONDS[unit]! : null;
}

const A_DURATION = /^\d{1,6}[smhd]$/;
const duration = (description: string, fallback: string) =>
  setting.text({
    description,
    fallback,
    pattern: A_DURATION,
    expected: 'must be a duration such as 90s, 10m, 1h or 30d',
  });

/** What a connector is told beside what every service is told. */
export const CONNECTOR_SETTINGS = {
  KENRI_STORE_DATABASE: setting.text({
    description: 'database of the business store',
    pattern: /^[A-Za-z0-9_-]{1,63}$/,
    expected: 'must be a database name: letters, digits, _ and -, at most 63',
  }),
  KENRI_STORE_URI: setting.url({
    description: 'deployment of the business store, where it is not MONGODB_URI',
    schemes: ['mongodb', 'mongodb+srv'],
    fallback: '',
  }),
  KENRI_VERIFY_AFTER: setting.list({
    description: 'when to look again after an erasure (R-21)',
    pattern: A_DURATION,
    expected: 'must be durations such as 1d, separated by commas',
    fallback: ['1d', '30d'],
  }),
  KENRI_EXECUTE_WITHIN: duration('how long one execution may take before another instance takes it up', '2m'),
  KENRI_REVIEW_HOLDS_EVERY: duration('how often a hold without a known end is looked at again', '30d'),
  KENRI_SWEEP_RATE: setting.integer({
    description: 'documents per second that a sweep of the side index may read',
    fallback: 20_000,
    min: 1,
    max: 1_000_000,
  }),
  KENRI_ORPHANS_HOURS: setting.integer({
    description: 'hours between collections of artifacts that nothing refers to; 0: never',
    fallback: 24,
    min: 0,
    // What a timer can wait.
    max: 596,
  }),
  KENRI_INDEX_PATIENCE: duration('how long an answer waits for the side index to catch up', '5s'),
} as const;
