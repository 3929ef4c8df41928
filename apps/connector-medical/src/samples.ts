import type { MedicalHolding, Random, SamplePerson } from '@kenri/testing';

/** What the medical store holds about a generated person: a persona's is fixed, everybody else's is drawn from their own sequence. */
export function holdingOf(person: SamplePerson, random: Random): MedicalHolding {
  if (person.holdings) return person.holdings.medical ?? {};
  const clinic = person.office?.kind === 'clinic' ? person.office : undefined;
  const head = clinic?.head === person.index;
  const director = head || (!clinic && random.chance(0.35));
  const employment = clinic && !head ? { office: clinic, colleagues: [] } : undefined;
  const signs = director || employment !== undefined;
  return {
    director,
    ...(employment ? { employment } : {}),
    script: random.chance(0.25) ? 'romaji' : 'kanji',
    qualifications: random.chance(0.4) || !signs ? 1 : 0,
    equipment: signs ? Array.from({ length: random.between(0, 2) }, () => device(random)) : [],
    reports: signs && random.chance(0.3) ? 1 : 0,
    residual: director && random.chance(0.1) ? 1 : 0,
    legalHold: director && random.chance(0.004),
  };
}

function device(random: Random): NonNullable<MedicalHolding['equipment']>[number] {
  const state = random.pick(['listed', 'in-transit', 'delivered', 'delivered', 'delivered'] as const);
  return {
    state,
    yearsAgo: state === 'delivered' ? random.between(0, 16) + random.next() : random.next() / 4,
    specified: random.chance(0.4),
  };
}
