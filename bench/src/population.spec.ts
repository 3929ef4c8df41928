import { compare, prepare } from '@kenri/matching';
import { kanaName, kanjiName, personAt, type SamplePerson } from '@kenri/testing';
import { applicantsOf } from './population.js';

/** As a store may hold somebody: without what would tell them apart. */
const sparse = (fullName: string, fullKana: string, birthDate: string) => [
  prepare({ fullName, birthDate }),
  prepare({ fullKana, birthDate }),
];
const ofPerson = (person: SamplePerson) => sparse(kanjiName(person), kanaName(person), person.birthDate);

it('nobody in the stores, and no other applicant, is a candidate for an applicant', () => {
  const people = 2000;
  const others = Map.groupBy(
    Array.from({ length: people }, (_, index) => personAt('1', index)),
    ({ birthDate }) => birthDate,
  );
  const applicants = applicantsOf(1, people);
  const before: { birthDate: string; held: ReturnType<typeof sparse> }[] = [];
  let compared = 0;
  for (let n = 0; n < 1500; n += 1) {
    const { identity } = applicants.next().value;
    const prepared = prepare(identity);
    const birthDate = identity.birthDate!;
    const near = [
      ...(others.get(birthDate) ?? []).flatMap(ofPerson),
      ...before.filter((other) => other.birthDate === birthDate).flatMap(({ held }) => held),
    ];
    for (const other of near) {
      compared += 1;
      expect(compare(prepared, other).verdict).toBe('different');
    }
    before.push({ birthDate, held: sparse(identity.fullName!, identity.fullKana!, birthDate) });
  }
  expect(compared).toBeGreaterThan(100);
});
