import { KIND_NAMES, type Kind } from '@kenri/contracts';
import { ConfigurationError, setting, type Configuration, type ServiceConfiguration } from '@kenri/service';
import { everySystem, FEE_KINDS, type Policy } from './decisions/policy.js';

const isKind = (name: string): name is Kind => (KIND_NAMES as readonly string[]).includes(name);

const byKind = <T>(read: (value: unknown, kind: string) => T) => {
  return (value: unknown): Partial<Record<Kind, T>> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Error('must be a JSON object by kind');
    return Object.fromEntries(
      Object.entries(value).map(([kind, entry]) => {
        if (!isKind(kind)) throw new Error(`knows no kind ${kind}; kinds are ${KIND_NAMES.join(', ')}`);
        return [kind, read(entry, kind)];
      }),
    );
  };
};

const yen = (value: unknown, kind: string): number => {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000_000) return value as number;
  throw new Error(`${kind}: must be whole yen from 0 to 1000000`);
};
const systems = (value: unknown, kind: string): readonly string[] => {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw new Error(`${kind}: must be a list of system ids`);
};

export const INTAKE_SETTINGS = {
  // No fallback: a system that is forgotten here would not be asked, and nobody would notice.
  KENRI_SYSTEMS: setting.list({
    description: 'ids of the business systems that have a connector',
    pattern: /^[a-z][a-z0-9-]{1,39}$/,
    expected: 'must be system ids (a-z, 0-9, -), separated by commas',
  }),
  KENRI_FEES: setting.json({
    description: 'fee in yen incl. tax by kind, as JSON',
    fallback: FEE_KINDS,
    check: byKind(yen),
  }),
  KENRI_FEE_DAYS: setting.integer({ description: 'days in which a fee must be paid', min: 1, max: 365, fallback: 30 }),
  KENRI_SYSTEMS_BY_KIND: setting.json<Partial<Record<Kind, readonly string[]>>>({
    description: 'systems asked by kind, as JSON; kinds not named ask all of KENRI_SYSTEMS',
    fallback: {},
    check: byKind(systems),
  }),
  KENRI_SEAL_CERTIFICATE_MONTHS: setting.integer({
    description: 'months for which a certificate of seal impression is good',
    min: 1,
    max: 24,
    fallback: 3,
  }),
  KENRI_DISPOSAL_DAYS: setting.integer({
    description: 'days after which an application that became no case is destroyed',
    min: 1,
    max: 3650,
    fallback: 90,
  }),
  KENRI_REPUBLISH_SECONDS: setting.integer({
    description: 'seconds until a request that opened no case is published again; doubles each time',
    min: 1,
    max: 3600,
    fallback: 30,
  }),
  KENRI_PUBLIC_PER_MINUTE: setting.integer({
    description: 'applications and status questions one address of the public may send per minute',
    min: 1,
    max: 100_000,
    fallback: 30,
  }),
} as const;

export type IntakeConfiguration = ServiceConfiguration & Configuration<typeof INTAKE_SETTINGS>;

/** The policy that the settings make; throws `ConfigurationError` where two settings contradict each other. */
export function policyOf(configuration: IntakeConfiguration): Policy {
  const known = configuration.KENRI_SYSTEMS;
  const faults = Object.entries(configuration.KENRI_SYSTEMS_BY_KIND).flatMap(([kind, named]) =>
    named
      .filter((system) => !known.includes(system))
      .map((system) => ({ setting: 'KENRI_SYSTEMS_BY_KIND', fault: `${kind}: ${system} is not in KENRI_SYSTEMS` })),
  );
  if (faults.length > 0) throw new ConfigurationError(faults);
  return {
    fees: configuration.KENRI_FEES,
    feeDays: configuration.KENRI_FEE_DAYS,
    systems: { ...everySystem(known), ...configuration.KENRI_SYSTEMS_BY_KIND },
    sealCertificateMonths: configuration.KENRI_SEAL_CERTIFICATE_MONTHS,
    disposalDays: configuration.KENRI_DISPOSAL_DAYS,
    republishSeconds: configuration.KENRI_REPUBLISH_SECONDS,
  };
}
/** Injects the `Policy`. */
export const POLICY = Symbol('intake policy');
