import { MongoClient } from 'mongodb';

/** What was done once for the stores and samples of a database server; it lives beside the data that it speaks of. */
interface Done {
  _id: string;
  begunAt: Date;
  finishedAt?: Date;
  people?: number;
  seed?: number;
}

export type FirstStartStep = 'not begun' | 'interrupted' | { people?: number; seed?: number };

/** The record of what a first start has done. Close it after use. */
export class FirstStartRecord {
  private readonly client: MongoClient;

  constructor(
    uri: string,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.client = new MongoClient(uri);
  }

  private get done() {
    return this.client.db('kenri_local').collection<Done>('first_start');
  }

  /** How far a step came in this or an earlier start. */
  async stateOf(step: string): Promise<FirstStartStep> {
    const found = await this.done.findOne({ _id: step });
    if (!found) return 'not begun';
    if (!found.finishedAt) return 'interrupted';
    return { ...(found.people && { people: found.people }), ...(found.seed !== undefined && { seed: found.seed }) };
  }

  /** Does a step, marked before and after, so that an interrupted one is known as such. */
  async run(step: string, details: { people?: number; seed?: number }, work: () => Promise<void>): Promise<void> {
    await this.done.updateOne({ _id: step }, { $set: { begunAt: this.now(), ...details } }, { upsert: true });
    await work();
    await this.done.updateOne({ _id: step }, { $set: { finishedAt: this.now() } });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
