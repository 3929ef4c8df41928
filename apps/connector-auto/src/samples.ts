import type { AutoHolding, Random, SamplePerson } from '@kenri/testing';

/** What the auto store holds about a generated person: a persona's is fixed, everybody else's is drawn from their own sequence. */
export function holdingOf(person: SamplePerson, random: Random): AutoHolding {
  if (person.holdings) return person.holdings.auto ?? {};
  const staff = person.office?.kind === 'car-dealer';
  const consignor = random.chance(staff ? 0.15 : 0.72);
  const mail = random.chance(0.35) || (!consignor && !staff);
  return {
    consignor,
    vehicles: consignor ? Array.from({ length: random.between(0, 2) }, () => vehicle(random)) : [],
    purchases: consignor && random.chance(0.12) ? [random.between(0, 6) + random.next()] : [],
    assurances: random.chance(0.14)
      ? [
          {
            state: random.chance(0.4) ? 'running' : 'ended',
            yearsAgo: random.between(2, 12),
            financed: random.chance(0.3),
          },
        ]
      : [],
    mail: mail && person.email !== undefined,
    notes: consignor && random.chance(0.12) ? [random.pick(NOTES)] : [],
    provisions: consignor && random.chance(0.08) ? [random.between(0, 5) + random.next()] : [],
    legalHold: consignor && random.chance(0.004),
  };
}

function vehicle(random: Random): NonNullable<AutoHolding['vehicles']>[number] {
  const state = random.pick([
    'draft',
    'scheduled',
    'live',
    'unsold',
    'unsold',
    'unsold',
    'unsettled',
    'settled',
    'settled',
    'settled',
    'settled',
  ] as const);
  const open = state === 'draft' || state === 'scheduled' || state === 'live' || state === 'unsettled';
  return {
    state,
    yearsAgo: open ? 0 : random.between(0, 12) + random.next(),
    images: random.chance(0.3) ? random.between(1, 2) : 0,
    ...(random.chance(0.35)
      ? { inspectedFor: random.pick(['self', 'self', 'family', 'finance-company'] as const) }
      : {}),
  };
}

const NOTES = [
  '{}様より査定依頼。平日午後の連絡を希望。',
  '{}様、名義変更書類の不足を電話で連絡済み。',
  '代金の振込先変更について{}様より問合せ。書面の提出を依頼。',
  '{}様の出品車、修復歴の申告あり。検査員に共有。',
];
