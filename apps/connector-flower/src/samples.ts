import type { FlowerHolding, Random, SamplePerson } from '@kenri/testing';

/** What the flower store holds about a generated person: a persona's is fixed, everybody else's is drawn from their own sequence. */
export function holdingOf(person: SamplePerson, random: Random): FlowerHolding {
  if (person.holdings) return person.holdings.flower ?? {};
  const grower = person.occupation === '農業' || random.chance(0.3);
  const buyer = !grower || random.chance(0.1);
  return {
    grower,
    buyer,
    shipments: grower ? Array.from({ length: random.between(0, 2) }, () => random.between(0, 9) + random.next()) : [],
    deliveryAddresses: buyer && random.chance(0.4) ? 1 : 0,
    orders: buyer
      ? Array.from({ length: random.between(0, 2) }, () => {
          const yearsAgo = random.between(0, 13) + random.next();
          return {
            yearsAgo,
            invoice: yearsAgo < 1 && random.chance(0.3) ? 'unpaid' : 'paid',
            gift: random.chance(0.25),
          } as const;
        })
      : [],
    legalHold: random.chance(0.004),
  };
}
