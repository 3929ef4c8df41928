import type { Claim, Identity, Kind } from '@kenri/contracts';
import {
  addressLine,
  customerNumber,
  kanaName,
  kanjiName,
  mobileNumber,
  randomOf,
  type Random,
  type SamplePerson,
  type SystemName,
} from '@kenri/testing';
import { ownDocumentsOf, peopleInStores, type DocumentKey } from './stores.js';

/**
 * What a case puts to the test beside its kind:
 * - `plain`: nothing else.
 * - `withdrawn`: the applicant withdraws at a moment drawn by the seed, so that the cancellation races whatever is under way.
 * - `held-before`, `held-midway`: the business places a legal hold on a record: before the application, or when a plan stands already.
 * - `changed-midway`: the business changes a record between look and execution.
 * - `changed-racing`: the same, just when the plan was approved.
 */
export const TWISTS = ['plain', 'withdrawn', 'held-before', 'held-midway', 'changed-midway', 'changed-racing'] as const;
export type Twist = (typeof TWISTS)[number];

/** One application of the load, whole before the run begins: same seed, same applications. */
export interface PlannedCase {
  readonly number: number;
  readonly person: SamplePerson;
  /** Systems whose store holds records of the person. */
  readonly systems: readonly SystemName[];
  readonly kinds: readonly Kind[];
  readonly identity: Identity;
  readonly claims: readonly Claim[];
  readonly twist: Twist;
  /** Documents that are there because of this person alone. */
  readonly own: readonly DocumentKey[];
  /** Milliseconds after acceptance, or after approval, at which the twist happens; drawn by the seed. */
  readonly twistAfterMs: number;
}

interface Share {
  readonly share: number;
  readonly kinds: readonly Kind[];
  readonly twists: readonly Twist[];
}

const SHARES: readonly Share[] = [
  {
    share: 0.5,
    kinds: ['cessation-of-use'],
    twists: ['plain', 'plain', 'plain', 'plain', 'plain', 'plain', 'plain', 'withdrawn', 'changed-racing'],
  },
  { share: 0.1, kinds: ['disclosure'], twists: ['plain', 'plain', 'plain', 'withdrawn'] },
  {
    share: 0.24,
    kinds: ['erasure'],
    twists: ['plain', 'plain', 'plain', 'withdrawn', 'held-before', 'held-midway', 'changed-midway', 'changed-racing'],
  },
  { share: 0.1, kinds: ['correction'], twists: ['plain', 'plain', 'withdrawn', 'changed-racing'] },
  { share: 0.06, kinds: ['disclosure', 'erasure'], twists: ['plain', 'plain', 'held-midway'] },
];

/** What the person's form says. */
export function identityOf(person: SamplePerson): Identity {
  return {
    fullName: kanjiName(person),
    familyName: person.familyName.kanji,
    givenName: person.givenName.kanji,
    fullKana: kanaName(person),
    familyKana: person.familyName.kana,
    givenKana: person.givenName.kana,
    birthDate: person.birthDate,
    emails: person.email ? [person.email] : [],
    phones: [person.mobile, person.landline, person.earlierMobile].filter((number) => number !== undefined),
    postalCode: person.address.postalCode,
    address: addressLine(person.address),
    customerNumbers: person.systems.map((system) => ({ system, number: customerNumber(person, system) })),
    ...(person.earlierAddress && { earlierAddresses: [addressLine(person.earlierAddress)] }),
    ...(person.formerFamilyName && {
      formerNames: [
        {
          familyName: person.formerFamilyName.kanji,
          fullName: `${person.formerFamilyName.kanji} ${person.givenName.kanji}`,
        },
      ],
    }),
  };
}

function pickShare(shares: readonly Share[], random: Random): Share {
  let left = random.next() * shares.reduce((sum, { share }) => sum + share, 0);
  return shares.find(({ share }) => (left -= share) < 0) ?? shares[0]!;
}

const sharesWith = (wanted: readonly Twist[] = TWISTS): Share[] =>
  SHARES.map((share) => ({ ...share, twists: share.twists.filter((twist) => wanted.includes(twist)) })).filter(
    ({ twists }) => twists.length > 0,
  );

/** How many people per store are enough, so that every case has a person of its own. */
export const peopleFor = (cases: number): number => Math.max(200, Math.ceil(cases * 0.65));

/**
 * The applications of a run. Every applicant applies once; of a household all, some or none do, so that the others must stay untouched.
 * @throws Error when the stores hold too few people
 */
export function planCases(options: {
  seed: number;
  cases: number;
  people: number;
  /** Only applications with these twists. */
  twists?: readonly Twist[] | undefined;
}): PlannedCase[] {
  const population = [...peopleInStores(String(options.seed), options.people).values()];
  // Who has no reading, birth date and means of contact in common with the form cannot be found with certainty.
  const able = population.filter(({ person }) => person.mobile !== undefined || person.email !== undefined);
  const random = randomOf('chaos cases', options.seed);
  const shares = sharesWith(options.twists);
  const skipped = (able.length - options.cases) / able.length;
  if (skipped < 0)
    throw new Error(
      `${options.cases} cases need as many people, but the stores hold ${able.length} who can apply: give --people ${peopleFor(options.cases)} or more`,
    );
  const planned: PlannedCase[] = [];
  for (const [index, { person, systems }] of able.entries()) {
    if (planned.length === options.cases) break;
    const needed = options.cases - planned.length;
    if (able.length - index > needed && random.chance(skipped)) continue;
    const own = randomOf('chaos case', options.seed, person.index);
    const { kinds, twists } = pickShare(shares, own);
    const claims: Claim[] =
      kinds.includes('correction') && person.mobile
        ? [
            {
              id: 'mobile',
              kind: 'correction',
              field: 'phone',
              current: person.mobile,
              claimed: mobileNumber(own),
              grounds: '番号を変更しました。',
            },
          ]
        : [];
    planned.push({
      number: planned.length + 1,
      person,
      systems,
      kinds: kinds.includes('correction') && claims.length === 0 ? ['cessation-of-use'] : kinds,
      identity: identityOf(person),
      claims,
      twist: own.pick(twists),
      own: ownDocumentsOf(person, systems),
      twistAfterMs: Math.floor(own.next() ** 2 * 4000),
    });
  }
  return planned;
}
