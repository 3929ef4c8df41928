import { randomUUID } from 'node:crypto';
import type { ServiceName } from '@kenri/local';
import { persona, type PersonaKey } from '@kenri/testing';
import type { CaseAnswer } from '../case-answer.js';
import { eventually, type TrialPlatform } from '../trial-platform.js';
import type { Json } from './spoiling.js';

/** What the requests are about: an application with its secret and, where it was accepted, a part of its case. */
export interface Subject {
  id: string;
  reference: string;
  secret: string;
  system: string;
  /** A match or record of that system's review. */
  ref: string;
  /** A download token that was given out, where one was. */
  token: string;
}

/** With both cores busy a case takes its time. */
const READY_WITHIN_MS = 180_000;
const NO_TOKEN = 'A'.repeat(43);
const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(new Date());

/** Bodies that fit together with the state of things; a schema alone would be refused by the rules nearly always. */
export function usualBody(operation: string, { id, ref }: Subject, parked: string): Json | undefined {
  const year = Number(today().slice(0, 4));
  const bodies: Record<string, Json> = {
    'POST /applications/{id}/identity-check': {
      person: 'data-subject',
      proof: 'driving-licence',
      shows: ['name', 'address'],
      checkedOn: today(),
      expiresOn: `${year + 3}-01-01`,
      result: 'confirmed',
    },
    'POST /applications/{id}/fee': { amount: 300, paidOn: today() },
    'POST /applications/{id}/reject': { ground: 'duplicate', duplicateOf: id },
    'PUT /cases/{caseId}/systems/{system}/decisions/{ref}': { decision: 'rejected' },
    'PUT /cases/{caseId}/systems/{system}/corrections/{claimId}': {
      record: ref,
      path: 'email',
      finding: 'founded',
      grounds: 'as claimed',
    },
    'PUT /cases/{caseId}/systems/{system}/exclusions': { exclusions: [] },
    'POST /parked/replay': { id: parked },
    'POST /parked/discard': { id: parked, reason: 'fuzz' },
  };
  return bodies[operation];
}

/** Applications and cases in every state that requests can be about. */
export class World {
  readonly subjects: Subject[] = [];
  /** Ids of parked messages, by service. */
  readonly parked = new Map<ServiceName, string[]>();

  constructor(readonly platform: TrialPlatform) {}

  about(nth: number): Subject {
    const found = this.subjects[nth % this.subjects.length];
    if (!found) throw new Error('there is no application to ask about');
    return found;
  }

  parkedAt(service: ServiceName, nth: number): string {
    const ids = this.parked.get(service) ?? [];
    return ids[nth % Math.max(1, ids.length)] ?? `kenri-${service}/dsr.requests.v1/0/0`;
  }

  /** The ETag that a change of this must name. */
  async tagOf(service: ServiceName, path: string, { id, system }: Subject): Promise<string> {
    const where = !path.startsWith('/cases/')
      ? (`${service}/applications/${id}` as const)
      : (`${service}/cases/${id}/systems/${system}/${/plan\/(approve|reject)$/.test(path) ? 'plan' : 'decisions'}` as const);
    const reply = await this.platform.ask(service === 'intake' ? 'clerk' : 'auditor', 'GET', where);
    return reply.etag ?? '"1"';
  }

  /** One more of each: what earlier requests have closed, cancelled or decided is no longer good for much. */
  async renew(): Promise<void> {
    await Promise.all([
      this.submitted(),
      this.accepted('twin-midori', ['erasure'], 'brand-item'),
      this.accepted('ichiro', ['erasure'], 'motorcycle'),
      this.accepted('sachiko', ['correction'], 'auto', {
        particulars: { claims: [{ kind: 'correction', field: 'email', claimed: 'new@example.jp' }] },
      }),
      this.accepted('taro', ['disclosure'], 'medical'),
      this.released('yui'),
      this.accepted('shiori', ['complaint'], 'auto', { particulars: { statement: 'the letters do not stop' } }),
    ]);
  }

  private async submitted(): Promise<void> {
    const form = { kinds: ['erasure'], identity: persona('shiori').identity };
    const { body } = await this.platform.ask<{ id: string; reference: string; secret: string }>(
      null,
      'POST',
      'intake/applications',
      { body: form },
    );
    this.subjects.push({ ...body, system: 'auto', ref: randomUUID(), token: NO_TOKEN });
  }

  private async accepted(key: PersonaKey, kinds: string[], system: string, more: object = {}): Promise<Subject> {
    const { id, reference, secret } = await this.platform.accept(persona(key).identity, kinds, more);
    const show = async () => (await this.platform.ask<CaseAnswer>('auditor', 'GET', `cases/cases/${id}`)).body;
    await eventually(
      `the case of ${key} is open, and ${system} has answered`,
      async () => {
        const part = (await show()).systems?.[system];
        return kinds.includes('complaint') || (part && part.state !== 'awaiting') ? true : undefined;
      },
      READY_WITHIN_MS,
    );
    const review = await this.platform.ask<string>(
      system === 'medical' ? 'medical-reviewer' : 'case-worker',
      'GET',
      `cases/cases/${id}/systems/${system}/review`,
    );
    const [, ref = 'r1'] = review.status === 200 ? (/"ref":"([^"]+)"/.exec(String(review.body)) ?? []) : [];
    const subject = { id, reference, secret, system, ref, token: NO_TOKEN };
    this.subjects.push(subject);
    return subject;
  }

  /** A disclosure whose package two people have released, with a link given out. */
  private async released(key: PersonaKey): Promise<void> {
    const subject = await this.accepted(key, ['disclosure'], 'brand-item');
    const at = `cases/cases/${subject.id}` as const;
    await eventually(
      `the package of ${key} is built`,
      async () => {
        const { body } = await this.platform.ask<CaseAnswer>('auditor', 'GET', at);
        return body.package?.state === 'built' ? true : undefined;
      },
      READY_WITHIN_MS,
    );
    await this.platform.ask('case-worker', 'POST', `${at}/package/propose-release`);
    await this.platform.ask('approver', 'POST', `${at}/package/release`);
    const link = await this.platform.ask<{ path?: string }>('case-worker', 'POST', `${at}/package/links`);
    if (link.body.path !== undefined) subject.token = link.body.path.split('/').at(-1) ?? NO_TOKEN;
  }
}
