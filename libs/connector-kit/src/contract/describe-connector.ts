import { checkMap } from '../check-map.js';
import { describeChanging } from './changing.js';
import { describeErasing } from './erasing.js';
import { describeReading } from './reading.js';
import { describePlans } from './plans.js';
import { SubjectTrial, type ContractSubject } from './subject-trial.js';

/**
 * What every connector does, whatever its store: the one suite that all systems pass against a real database, operation by operation.
 * Apps call it from `contract.int.spec.ts`; what a system needs beyond its map, schemas and samples would be missing in the kit.
 */
export function describeConnector(subject: ContractSubject): void {
  describe(`connector ${subject.map.system}`, () => {
    const suite = new SubjectTrial(subject);
    beforeAll(() => suite.start(), 180_000);
    beforeEach(() => suite.reset(), 60_000);
    afterAll(() => suite.close(), 60_000);

    it('has a map that forgets nothing', () => {
      expect(checkMap(subject.map, subject.schemas)).toEqual([]);
    });
    describeReading(suite);
    describeChanging(suite);
    describeErasing(suite);
    describePlans(suite);
  });
}
