import { fillStore } from '@kenri/connector-kit';
import { TrialConnector } from '@kenri/connector-kit/contract-suite';
import { persona, samplesIn } from '@kenri/testing';
import { map } from './data-map.js';
import { samplesFor } from './sample-data.js';
import { schemas } from './schemas.js';

/** A delivery address is the buyer's entry and names who receives there: the buyer, or somebody else. */
describe('delivery addresses of the flower store', () => {
  const { identity } = persona('taro');
  let trial: TrialConnector;
  let buyerId: unknown;
  const addresses = () => trial.store.collection('delivery-addresses');

  beforeEach(async () => {
    trial = await TrialConnector.open(map, schemas);
    const source = { system: 'flower', schemas, samples: samplesIn('flower', samplesFor) };
    await fillStore(trial.store, source, { people: 0, seed: 'kenri', replace: false });
    const buyer = await trial.store.collection('buyers').findOne({ email: identity.emails![0]! });
    buyerId = buyer!._id;
    await addresses().deleteMany({ buyerId: buyerId as never });
    const entry = {
      buyerId,
      label: '本店',
      postalCode: '107-0061',
      address: '港区北青山2-5-8',
      tel: '09034402501',
      note: '裏口',
    };
    await addresses().insertMany([
      { ...entry, receiver: '山田　太郎' },
      { ...entry, receiver: '佐々木 京子' },
    ]);
    await trial.index();
  }, 120_000);
  afterEach(() => trial?.close(), 60_000);

  const received = () => addresses().find({ receiver: '佐々木 京子' }).toArray();

  it('lose everything of the buyer in an erasure, the receiver’s name only where it is the buyer’s own', async () => {
    const before = (await addresses().find({ buyerId: buyerId }).toArray()).map(({ _id }) => _id);
    const asked = await trial.ask({ kinds: ['erasure'], identity });
    const answer = await trial.execute(await trial.approved(asked, { operations: ['erase'] }));
    expect(answer).toMatchObject({ type: 'dsr.plan.executed.v1', data: { changed: 0 } });
    const after = await addresses()
      .find({ _id: { $in: before } })
      .sort({ receiver: 1 })
      .toArray();
    expect(after).toHaveLength(2);
    for (const left of after)
      for (const path of ['buyerId', 'label', 'postalCode', 'address', 'tel', 'note'])
        expect(left).not.toHaveProperty(path);
    expect(after.map(({ receiver }) => receiver as unknown)).toEqual([undefined, '佐々木 京子']);
  });

  it('show the buyer their own name, never somebody else’s', async () => {
    const asked = await trial.ask({ kinds: ['disclosure'], identity });
    const answer = await trial.execute(await trial.approved(asked, { operations: ['export'] }));
    if (answer.type !== 'dsr.plan.executed.v1') throw new Error(`not executed: ${JSON.stringify(answer)}`);
    const text = (await trial.cases.artifacts.read(answer.data.done.export!.artifact!)).toString('utf8');
    expect(text).toContain('"path":"receiver"');
    expect(text).toContain('山田　太郎');
    expect(text).not.toContain('佐々木');
  });

  it('are offered to somebody else who receives there as a possible mention, and are not theirs', async () => {
    const receiver = {
      fullName: '佐々木京子',
      birthDate: '1970-01-02',
      emails: ['kyoko@example.jp'],
      phones: ['09034402501'],
    };
    const { answer } = await trial.ask({ kinds: ['erasure'], identity: receiver });
    expect(answer).toMatchObject({ matches: { certain: 0 }, possibleMentions: 1, records: { certain: 0 } });
    expect(await received()).toHaveLength(1);
  });
});
