import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TOPICS } from '@kenri/contracts';
import { TEST_DATA_PREFIX, type Log } from '@kenri/local';
import type { Kafka } from 'kafkajs';
import type { MongoClient } from 'mongodb';
import type { Contestant } from './contestant.js';
import { runRound, type RoundFigures } from './load/round.js';
import type { Profiles } from './machine/profiles.js';
import { insertRecords, verifyStores } from './load/stores.js';
import { Platform } from './ours/platform.js';
import { applicantsOf, type Applicant } from './population.js';
import { kafkaOf } from './work/kafka.js';
import { Recorder, toText, type Recording } from './work/recording.js';
import { Replica } from './work/replica.js';

export interface InstallationOptions {
  people: number;
  seed: number;
  log: Log;
  signal: AbortSignal;
  profiles?: Profiles;
  /** Further settings of ours. */
  settings?: NodeJS.ProcessEnv;
}

/** Rounds of ours before anything is recorded or measured: the first cases of a process compile its code. */
const FIRST_CASES = 5;
const RECORDED_CASES = 3;

/** One broker and one database, on which the real platform works, and beside it, when asked for, floor and naive build. */
export class Installation {
  private readonly people: Generator<Applicant, never>;
  private readonly replicas: Replica[] = [];
  readonly mongo: MongoClient;
  readonly kafka: Kafka;

  private constructor(
    private readonly options: InstallationOptions,
    private readonly dataDir: string,
    readonly ours: Platform,
  ) {
    this.people = applicantsOf(options.seed, options.people);
    this.mongo = ours.mongo;
    this.kafka = kafkaOf(ours.stack.kafkaBrokers);
  }

  static async start(options: InstallationOptions): Promise<Installation> {
    const dataDir = await mkdtemp(path.join(tmpdir(), `${TEST_DATA_PREFIX}bench-`));
    try {
      return new Installation(options, dataDir, await Platform.start({ ...options, dataDir }));
    } catch (error) {
      await rm(dataDir, { recursive: true, force: true });
      await options.profiles?.close();
      throw error;
    }
  }

  applicants(count: number): Applicant[] {
    return Array.from({ length: count }, () => this.people.next().value);
  }

  /** Records into the stores, applications up to being accepted. @returns their case ids */
  async ready(contestant: Contestant, applicants: readonly Applicant[]): Promise<string[]> {
    await insertRecords(this.mongo, contestant, applicants);
    const caseIds = await contestant.prepare(applicants, this.options.signal);
    if (contestant === this.ours) await this.ours.indexed(this.options.signal);
    return caseIds;
  }

  /** One round, and then the proof that every store was changed for everybody. */
  async round(contestant: Contestant, applicants: readonly Applicant[], what: string): Promise<RoundFigures> {
    const { log, signal } = this.options;
    log.progress(`${what}: preparing ${applicants.length} cases`);
    const caseIds = await this.ready(contestant, applicants);
    const progress = (done: number, total: number) => log.progress(`${what}: ${done} of ${total} cases`);
    const figures = await runRound(contestant, { mongo: this.mongo, caseIds, signal, progress });
    await verifyStores(this.mongo, contestant, applicants);
    return figures;
  }

  /** A round with everything it writes and sends recorded. */
  async recordedRound(contestant: Contestant, applicants: readonly Applicant[], what: string): Promise<Recorder> {
    const topics = Object.values(TOPICS).map(({ name }) => contestant.topicPrefix + name);
    const recorder = new Recorder(this.mongo, this.kafka, (database) => contestant.owns(database), topics);
    const caseIds = await this.ready(contestant, applicants);
    await recorder.start();
    try {
      const progress = (done: number, total: number) => this.options.log.progress(`${what}: ${done} of ${total} cases`);
      await runRound(contestant, { mongo: this.mongo, caseIds, signal: this.options.signal, progress });
      await recorder.untilQuiet(this.options.signal);
    } finally {
      await recorder.stop();
    }
    await verifyStores(this.mongo, contestant, applicants);
    return recorder;
  }

  /** Starts floor and naive build, which do what one recorded case of ours does. */
  async startReplicas(): Promise<Replica[]> {
    const { log, signal, profiles } = this.options;
    log.line('recording what one case of ours writes and sends');
    await this.round(this.ours, this.applicants(FIRST_CASES), 'ours, first cases');
    const recording = await this.record();
    const recordingFile = path.join(this.dataDir, 'recording.json');
    await mkdir(this.dataDir, { recursive: true });
    await writeFile(recordingFile, toText(recording));
    for (const name of ['floor', 'naive'] as const) {
      log.line(`starting the ${name} ${name === 'floor' ? 'program' : 'build'}: copies of the stores, seven processes`);
      const { ours, mongo, kafka, dataDir } = this;
      const beside = { ours, mongo, kafka, dataDir, recording, recordingFile, signal };
      this.replicas.push(await Replica.start({ name, ...beside, ...(profiles && { profiles }) }));
    }
    return this.replicas;
  }

  /**
   * How often the group is told of a suppression depends on which answers come together, and one case by itself gets them one by one: of
   * several recorded cases the one that sends least, so that a replica is never made to do more than it must.
   */
  private async record(): Promise<Recording> {
    const recordings: Recording[] = [];
    while (recordings.length < RECORDED_CASES) recordings.push(await this.recordOne());
    return recordings.reduce((least, next) => (next.messages.length < least.messages.length ? next : least));
  }

  private async recordOne(): Promise<Recording> {
    const [applicant] = this.applicants(1);
    const recorder = await this.recordedRound(this.ours, [applicant!], 'ours, recorded');
    const accepted = recorder.messages.find(({ type }) => type === 'dsr.request.accepted.v1');
    if (!accepted) throw new Error('the recording lacks the accepted request: the topics were not being read yet');
    const caseId = accepted.key;
    const applications = this.mongo.db('kenri_intake').collection<{ _id: string; reference: string }>('applications');
    const application = await applications.findOne({ _id: caseId });
    if (!application) throw new Error('the recorded application is gone');
    const { writes, messages } = recorder;
    return { caseId, reference: application.reference, application, writes, messages };
  }

  async stopReplicas(): Promise<void> {
    for (const replica of this.replicas) await this.options.profiles?.note(replica.name, await replica.groups());
    for (const replica of this.replicas.splice(0)) await replica.stop();
  }

  async stop(): Promise<void> {
    const { profiles, log } = this.options;
    try {
      await this.stopReplicas();
      await profiles?.note(this.ours.name, await this.ours.groups());
    } finally {
      await this.ours.stop();
    }
    const profiled = await profiles?.close();
    if (profiled) log.line(`profiles of ${profiled.length} services are in out/profiles`);
  }
}
