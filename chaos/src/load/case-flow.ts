import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type CaseAnswer,
  isAtRest,
  isRace,
  type KenriClient,
  type RawRecord,
  Office,
  openPackage,
  ProblemAnswer,
} from '@kenri/samples';
import type { SystemName } from '@kenri/testing';
import type { PlannedCase } from './applicants.js';
import type { Business } from './business.js';
import type { CaseRun } from './case-run.js';

/** A plan that was sent to a system, as the broker has it. */
export interface SentPlan {
  readonly caseId: string;
  readonly system: SystemName;
  readonly round: number;
}

export interface Desks {
  readonly client: KenriClient;
  readonly business: Business;
  /** Tells of the first plan of each system of a case, the moment it is on the broker. */
  onPlan(caseId: string, tell: (plan: SentPlan) => void): void;
  /** Told of the case id just before intake accepts. */
  beforeAccept?(caseId: string): void;
  /** Every how many packages one is opened. */
  readonly openEvery: number;
  readonly signal: AbortSignal;
}

const LOOK_MS = { first: 250, most: 2000 };
const CALM_MS = 500;
interface Shown {
  readonly state: string;
  readonly fee: { readonly amount: number; readonly paid: number };
  readonly identityChecks: readonly unknown[];
}

/** One application sees at most so many answers that nobody should get before its flow gives up. */
const ODDITIES = 5;

const inTokyo = (at: Date) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(at);

/**
 * One application from the post room to its rest, through whatever happens to the services meanwhile: whoever finds a service gone
 * waits and tries again, with the same idempotency key where something is made.
 */
export class Flow {
  private withdrawalDue = false;
  private twisted = false;
  private fetched = false;

  constructor(
    readonly run: CaseRun,
    private readonly desks: Desks,
  ) {
    this.planned = run.planned;
  }
  readonly planned: PlannedCase;

  /** The applicant changes their mind, now. */
  withdraw(): void {
    this.withdrawalDue = true;
  }

  async play(): Promise<void> {
    const { desks, planned, run } = this;
    if (planned.twist === 'held-before') await desks.business.hold(planned, undefined, null);
    await this.submit();
    this.watchForTwist();
    await this.accept();
    const office = new Office(desks.client, this.id, {}, planned.claims, () => undefined);
    let wait = LOOK_MS.first;
    while (!desks.signal.aborted) {
      const state = await this.attempt(() => this.look());
      let acted = false;
      if (state) {
        run.seen = state;
        await this.withdrawWhenDue(state);
        if (!this.run.withdrawn) acted = (await this.attempt(() => this.act(office, state))) ?? false;
        if (!acted && this.isOver(state)) break;
      }
      wait = acted ? LOOK_MS.first : Math.min(wait * 1.5, LOOK_MS.most);
      await this.pause(wait);
    }
    run.atRest = run.seen !== undefined && this.isOver(run.seen);
  }

  private get id(): string {
    if (this.run.id === undefined) throw new Error('not submitted yet');
    return this.run.id;
  }

  private async submit(): Promise<void> {
    const { client } = this.desks;
    const { kinds, identity, claims } = this.planned;
    const body = {
      channel: 'post',
      language: 'ja',
      kinds,
      identity,
      enclosed: ['identity-proof'],
      ...(claims.length > 0 && { particulars: { claims } }),
    };
    const { body: submitted } = await this.insist<{ id: string; reference: string; secret: string }>(
      `${client.addresses.intake}/applications`,
      body,
    );
    this.run.id = submitted.id;
    this.run.reference = submitted.reference;
    this.run.secret = submitted.secret;
  }

  private async accept(): Promise<void> {
    const { desks } = this;
    const { client } = desks;
    const url = `${client.addresses.intake}/applications/${this.id}`;
    const today = inTokyo(new Date());
    const shown = () => this.until(async () => (await client.call<Shown>('clerk', 'GET', url)).body);
    const { fee } = await shown();
    if (fee.amount > fee.paid)
      await this.insist(`${url}/fee`, { amount: fee.amount - fee.paid, paidOn: today }, async () => {
        const now = (await shown()).fee;
        return now.paid >= now.amount;
      });
    const check = {
      person: 'data-subject',
      proof: 'driving-licence',
      shows: ['name', 'address'],
      checkedOn: today,
      expiresOn: `${Number(today.slice(0, 4)) + 3}-01-01`,
      result: 'confirmed',
    };
    await this.insist(`${url}/identity-check`, check, async () => (await shown()).identityChecks.length > 0);
    desks.beforeAccept?.(this.id);
    await this.insist(`${url}/accept`, undefined, async () => (await shown()).state === 'accepted');
    this.run.accepted = true;
  }

  /** A withdrawal falls due by time; a change races the first plan of a system. */
  private watchForTwist(): void {
    const { planned, desks } = this;
    if (planned.twist === 'withdrawn') {
      void delay(planned.twistAfterMs, undefined, { ref: false }).then(() => (this.withdrawalDue = true));
    }
    if (planned.twist !== 'changed-racing') return;
    desks.onPlan(this.id, ({ system, round }) => {
      if (this.twisted) return;
      this.twisted = true;
      void delay(planned.twistAfterMs / 4).then(() => desks.business.change(planned, system, round));
    });
  }

  private async withdrawWhenDue(state: CaseAnswer): Promise<void> {
    if (!this.withdrawalDue || this.run.withdrawn) return;
    if (state.state === 'closed' || state.state === 'cancelled') {
      this.withdrawalDue = false;
      return;
    }
    const { client } = this.desks;
    const url = `${client.addresses.intake}/status/${this.run.reference}/withdraw`;
    const done = await this.attempt(() => client.call(null, 'POST', url, { secret: this.run.secret ?? '' }));
    if (done) this.run.withdrawn = true;
  }

  private async look(): Promise<CaseAnswer | undefined> {
    const { client } = this.desks;
    try {
      return (await client.call<CaseAnswer>('auditor', 'GET', `${client.addresses.cases}/cases/${this.id}`)).body;
    } catch (error) {
      if (error instanceof ProblemAnswer && error.status === 404) return undefined;
      throw error;
    }
  }

  private async act(office: Office, state: CaseAnswer): Promise<boolean> {
    let acted = false;
    for (const part of Object.values(state.systems)) {
      if (part.state === 'approving') await this.twistBeforeApproval(part.system as SystemName, part.round);
      acted = (await office.actOn(part)) || acted;
      if (part.state === 'failed') acted = (await this.askAgain(part.system)) || acted;
    }
    if (this.fetched) return acted;
    const got = await office.package(state);
    if (got === undefined || got === 'acted') return acted || got !== undefined;
    this.fetched = true;
    if (this.planned.number % this.desks.openEvery === 0)
      this.run.packageFiles = await openPackage(got.zip, got.password);
    return acted;
  }

  private async twistBeforeApproval(system: SystemName, round: number): Promise<void> {
    const { planned, desks } = this;
    if (this.twisted) return;
    if (planned.twist === 'held-midway')
      this.twisted = (await desks.business.hold(planned, system, round)) !== undefined;
    if (planned.twist === 'changed-midway')
      this.twisted = (await desks.business.change(planned, system, round)) !== undefined;
  }

  /** A connector gave up after many attempts: a person looks, and asks again. */
  private async askAgain(system: string): Promise<boolean> {
    const { client } = this.desks;
    await client.call('case-worker', 'POST', `${client.addresses.cases}/cases/${this.id}/systems/${system}/ask-again`);
    return true;
  }

  private isOver(state: CaseAnswer): boolean {
    const parts = Object.values(state.systems);
    if (state.state === 'closed' || state.state === 'cancelled')
      return this.fetched || state.package.state !== 'released';
    return parts.length > 0 && parts.every(isAtRest) && (this.fetched || state.package.state === 'none');
  }

  /**
   * Makes something once, however often it has to be asked for. A conflict means that the first attempt is still under way, or was carried
   * out and only its answer was lost.
   */
  private insist<T = unknown>(url: string, body: unknown, isDone = async () => false): Promise<{ body: T }> {
    const call = { ...(body !== undefined && { body }), idempotencyKey: randomUUID() };
    return this.until(async () => {
      try {
        return await this.desks.client.call<T>('clerk', 'POST', url, call);
      } catch (error) {
        if (error instanceof ProblemAnswer && error.status === 409 && (await isDone())) return { body: undefined as T };
        throw error;
      }
    });
  }

  private async until<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      const done = await this.attempt(work);
      if (done !== undefined) return done;
      this.desks.signal.throwIfAborted();
      if (this.run.oddities.length >= ODDITIES) throw new Error(`given up: ${this.run.oddities.at(-1)}`);
      await this.pause(CALM_MS);
    }
  }

  /** Undefined where the service was not there, or a race was lost; anything else is noted as odd. */
  private async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isRace(error) || isOutage(error)) return undefined;
      if (!(error instanceof ProblemAnswer)) throw error;
      this.run.oddities.push(error.message.slice(0, 300));
      await this.pause(CALM_MS);
      return undefined;
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.desks.signal }).catch(() => undefined);
  }
}

/** The service is gone, starting, or cannot reach what it stands on: said so, or not at all. A 500 is none of these. */
function isOutage(error: unknown): boolean {
  if (error instanceof ProblemAnswer) return error.status === 503 || error.status === 429;
  // By name: what fetch throws under Jest belongs to another realm, whose classes are others.
  const { name, message } = error as Partial<Error>;
  return (
    name === 'TimeoutError' ||
    name === 'AbortError' ||
    (name === 'TypeError' && /fetch failed|terminated/.test(message ?? ''))
  );
}

/** The plans that `cases` sends, as they pass on the broker: told to whoever waits for those of a case. */
export function plansIn(): { take: (record: RawRecord) => void; onPlan: Desks['onPlan'] } {
  const waiting = new Map<string, (plan: SentPlan) => void>();
  return {
    take({ headers }) {
      if (String(headers['ce_type']) !== 'dsr.plan.approved.v1') return;
      // `<case>:<system>:<step>:<round>` (contracts.md, Envelope)
      const [caseId = '', system, , round] = String(headers['ce_id']).split(':');
      waiting.get(caseId)?.({ caseId, system: system as SystemName, round: Number(round) });
    },
    onPlan: (caseId, tell) => waiting.set(caseId, tell),
  };
}
