import type { BrandItemHolding, Random, SamplePerson } from '@kenri/testing';

/** What the brand-item store holds about a generated person: a persona's is fixed, everybody else's is drawn from their own sequence. */
export function holdingOf(person: SamplePerson, random: Random): BrandItemHolding {
  if (person.holdings) return person.holdings['brand-item'] ?? {};
  const consignor = random.chance(0.6);
  const newsletter = person.email !== undefined && random.chance(0.45);
  return {
    consignor,
    items: consignor ? Array.from({ length: random.between(0, 2) }, () => item(random)) : [],
    visits: random.chance(0.25) || (!consignor && !newsletter) ? 1 : 0,
    newsletter,
    provisions: consignor && random.chance(0.06) ? [random.between(0, 5) + random.next()] : [],
    legalHold: consignor && random.chance(0.004),
  };
}

function item(random: Random): NonNullable<BrandItemHolding['items']>[number] {
  const state = random.pick(['in-custody', 'live', 'sold', 'sold', 'sold', 'returned'] as const);
  const yearsAgo =
    state === 'in-custody' || state === 'live' ? random.next() / 4 : random.between(0, 11) + random.next();
  return {
    state,
    yearsAgo,
    photos: random.chance(0.2) ? random.between(1, 2) : 0,
    ...(state === 'sold'
      ? {
          verified: random.chance(0.15),
          payout: yearsAgo < 0.3 && random.chance(0.5) ? ('pending' as const) : ('paid' as const),
        }
      : {}),
  };
}
