import type { Claim, ReviewLine, ReviewMatch } from '@kenri/contracts';
import type { AccountId } from '@kenri/local';
import type { ApplicationFile } from './application-file.js';
import type { CaseAnswer, PartAnswer } from './case-answer.js';
import { type KenriClient, ProblemAnswer } from './kenri-client.js';

type Decisions = NonNullable<ApplicationFile['decisions']>;

/** Systems whose matches only a medical reviewer may see. */
const isMedical = (system: string) => system === 'medical';
const workerOf = (system: string): AccountId => (isMedical(system) ? 'medical-reviewer' : 'case-worker');

/** Values as a clerk compares them by eye: width, spaces, dots and hyphens set aside. */
const byEye = (value: string | null): string =>
  (value ?? '')
    .normalize('NFKC')
    .replace(/[\s\-‐‑–—―−ー・.,、。()]/g, '')
    .toLowerCase();

/**
 * A clerk's plain judgement where a file says nothing: founded where the system holds what the person calls wrong (or nothing, for an
 * addition); unfounded where it holds something else, the right value included.
 */
function findingByEye(held: string | null, claim: Claim | undefined): 'founded' | 'unfounded' {
  const has = byEye(held);
  if (claim?.kind === 'addition') return has === '' ? 'founded' : 'unfounded';
  if (has === '' || has === byEye(claim?.claimed ?? null)) return 'unfounded';
  if (claim?.current === undefined) return 'founded';
  const wrong = byEye(claim.current);
  // Some systems leave the prefecture out.
  const sameAddress = claim.field === 'address' && has.length > 5 && (has.endsWith(wrong) || wrong.endsWith(has));
  return has === wrong || sameAddress ? 'founded' : 'unfounded';
}
const GROUNDS = {
  founded: '申請書の記載と疎明資料により、登録内容が事実でないことを確認',
  partly: '登録内容の一部が事実でないことを確認',
  unfounded: '登録内容は申請の指摘する内容ではなく、訂正を要しない',
};

/** True for a refusal because something changed meanwhile: look again and decide anew. */
export const isRace = (error: unknown): boolean =>
  error instanceof ProblemAnswer && (error.status === 409 || error.status === 412);

/** The case workers, the medical reviewer and the approver of the demo: what they decide where only a person can. */
export class Office {
  constructor(
    private readonly client: KenriClient,
    private readonly caseId: string,
    private readonly decisions: Decisions,
    private readonly claims: readonly Claim[],
    private readonly say: (text: string) => void,
  ) {}

  private url(system: string, rest: string): string {
    return `${this.client.addresses.cases}/cases/${this.caseId}/systems/${system}/${rest}`;
  }

  /** Does what the part waits for. @returns whether anything was done */
  async actOn(part: PartAnswer): Promise<boolean> {
    switch (part.state) {
      case 'deciding':
        return this.decide(part);
      case 'decided':
        return this.propose(part);
      case 'approving':
        return this.approve(part);
      default:
        return false;
    }
  }

  private async decide(part: PartAnswer): Promise<boolean> {
    const { system } = part;
    const lines = await this.client.lines<ReviewLine>(workerOf(system), this.url(system, 'review'));
    const matches = lines.flatMap((line) => ('match' in line ? [line.match] : []));
    let etag = part.decisions.etag;
    let acted = false;
    const accepted: ReviewMatch[] = matches.filter(({ verdict }) => verdict === 'certain');
    for (const match of matches.filter(({ verdict }) => verdict === 'candidate')) {
      const decision = this.decisions.candidates?.find((wanted) => wanted.system === system)?.decision ?? 'rejected';
      if (decision === 'confirmed') accepted.push(match);
      if (part.decisions.matches.some(({ ref }) => ref === match.ref)) continue;
      const why = match.reasons.map(({ en }) => en).join('; ');
      this.say(`${system}: a candidate (${why}) is ${decision} by the ${workerOf(system)}`);
      etag = await this.put(system, `decisions/${match.ref}`, { decision }, etag);
      acted = true;
    }
    for (const record of accepted.flatMap((match) => match.records)) {
      for (const correction of record.corrections) {
        const known = part.decisions.corrections.some(
          (other) =>
            other.claimId === correction.claimId && other.record === record.ref && other.path === correction.path,
        );
        if (known || !correction.correctable) continue;
        const named = this.decisions.corrections?.find(
          ({ claim, system: only }) => claim === correction.claimId && (only === undefined || only === system),
        );
        const claim = this.claims.find(({ id }) => id === correction.claimId);
        const finding = named?.finding ?? findingByEye(correction.current, claim);
        const grounds = named?.grounds ?? GROUNDS[finding];
        this.say(`${system}: claim ${correction.claimId} on ${record.label.en}, ${correction.label.en}: ${finding}`);
        etag = await this.put(
          system,
          `corrections/${correction.claimId}`,
          {
            record: record.ref,
            path: correction.path,
            finding,
            grounds,
            ...(named?.value !== undefined && { value: named.value }),
          },
          etag,
        );
        acted = true;
      }
    }
    return acted;
  }

  private async propose(part: PartAnswer): Promise<boolean> {
    const { system } = part;
    let { etag } = part.decisions;
    const wanted = this.decisions.exclusions?.filter((exclusion) => exclusion.system === system) ?? [];
    if (wanted.length > 0 && part.decisions.exclusions.length === 0) {
      const lines = await this.client.lines<ReviewLine>(workerOf(system), this.url(system, 'review'));
      const records = lines.flatMap((line) => ('match' in line ? line.match.records : []));
      const exclusions = wanted.flatMap(({ collection, operations, ground }) =>
        records
          .filter((record) => record.collection === collection)
          .map(({ ref: record }) => ({ record, operations, ground })),
      );
      this.say(`${system}: ${exclusions.length} record(s) refused with grounds`);
      etag = await this.put(system, 'exclusions', { exclusions }, etag);
    }
    this.say(`${system}: plan proposed by the ${workerOf(system)}`);
    await this.client.call(workerOf(system), 'POST', this.url(system, 'plan'), { ifMatch: quoted(etag) });
    return true;
  }

  private async approve(part: PartAnswer): Promise<boolean> {
    this.say(`${part.system}: ${part.plan.plan?.operations.join(', ') ?? 'plan'} approved by the approver`);
    await this.client.call('approver', 'POST', this.url(part.system, 'plan/approve'), {
      ifMatch: quoted(part.plan.etag),
    });
    return true;
  }

  private async put(system: string, rest: string, body: unknown, etag: string): Promise<string> {
    const { etag: next } = await this.client.call(workerOf(system), 'PUT', this.url(system, rest), {
      body,
      ifMatch: quoted(etag),
    });
    return next ?? etag;
  }

  /** Builds where a medical reviewer must, releases with two people, and fetches the package as the applicant would. */
  async package(state: CaseAnswer): Promise<{ zip: Buffer; password: string } | 'acted' | undefined> {
    const base = `${this.client.addresses.cases}/cases/${this.caseId}/package`;
    if (state.package.state === 'ordered' && (state.systems['medical']?.acted.exported.records ?? 0) > 0) {
      this.say('the package holds medical data: built by the medical reviewer');
      await this.client.call('medical-reviewer', 'POST', `${base}/build`);
      return 'acted';
    }
    if (state.package.state === 'built') {
      await this.client.call('case-worker', 'POST', `${base}/propose-release`);
      await this.client.call('approver', 'POST', `${base}/release`);
      this.say('package released by two people');
      return 'acted';
    }
    if (state.package.state !== 'released') return undefined;
    const { body: link } = await this.client.call<{ path: string }>('case-worker', 'POST', `${base}/links`);
    const { body: secret } = await this.client.call<{ password: string }>('clerk', 'GET', `${base}/password`);
    return { zip: await this.client.bytes(`${this.client.addresses.cases}${link.path}`), password: secret.password };
  }

  async answerQuestion(): Promise<void> {
    this.say('answered by the case worker');
    const body = { note: 'お問合せの件について、書面で回答しました。' };
    await this.client.call('case-worker', 'POST', `${this.client.addresses.cases}/cases/${this.caseId}/answer`, {
      body,
    });
  }
}

const quoted = (etag: string): string => (etag.startsWith('"') ? etag : `"${etag}"`);
