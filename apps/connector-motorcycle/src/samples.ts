import type { MotorcycleHolding, Random, SamplePerson } from '@kenri/testing';

/** What the motorcycle store holds about a generated person: a persona's is fixed, everybody else's is drawn from their own sequence. */
export function holdingOf(person: SamplePerson, random: Random): MotorcycleHolding {
  if (person.holdings) return person.holdings.motorcycle ?? {};
  const staff = person.office?.kind === 'bike-shop';
  const seller = random.chance(staff ? 0.1 : 0.6);
  return {
    seller,
    bikes: seller ? Array.from({ length: random.between(0, 2) }, () => bike(random)) : [],
    bids: staff && random.chance(0.6) ? [random.pick(['leading', 'outbid', 'outbid'] as const)] : [],
    pickups:
      random.chance(0.2) || (!seller && !staff) ? [{ state: random.chance(0.3) ? 'scheduled' : 'collected' }] : [],
    inquiries: random.chance(0.15) ? [random.pick(INQUIRIES)] : [],
    push: seller && random.chance(0.35),
    legalHold: seller && random.chance(0.004),
  };
}

function bike(random: Random): NonNullable<MotorcycleHolding['bikes']>[number] {
  const state = random.pick(['stock', 'live', 'unsettled', 'settled', 'settled', 'settled'] as const);
  return {
    state,
    yearsAgo: state === 'settled' ? random.between(0, 12) + random.next() : random.next(),
    photo: random.chance(0.25),
  };
}

const INQUIRIES = [
  '査定の流れについて教えてください。',
  '先日の引取りの件、時間を夕方に変更できますか。',
  '落札代金の入金日を確認したいです。',
  '息子のバイクも一緒に出したいのですが、名義が別でも大丈夫でしょうか。',
];
