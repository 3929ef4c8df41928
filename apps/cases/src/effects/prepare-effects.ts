import { eventId, MOST_TOKENS, type Identity, type Plan, type Subject } from '@kenri/contracts';
import { tokenValues, type Person } from '@kenri/matching';
import type { AnyOutgoing } from '@kenri/messaging';
import { KeyDestroyed, type Vault } from '@kenri/vault';
import type { DeterminedValue, FrozenPlan } from '../decisions/case-state.js';
import type { DecisionListStore } from './decision-lists.store.js';
import type { Prepared } from './intents.js';

/** Above this many decisions a plan refers to an artifact (contracts.md, Topics). */
const INLINE_DECISIONS = 100;
/** So it does where fewer take more bytes of JSON: sealed and signed they grow by three quarters, and a message holds 64 KB. */
const INLINE_BYTES = 24 * 1024;

export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64');

/** Carries out the part of an intent that needs keys, and returns the messages it comes to. Repeating it is harmless. */
export class PrepareEffects {
  constructor(
    private readonly vault: Vault,
    private readonly decisionLists: DecisionListStore,
  ) {}

  async prepare(intent: Prepared): Promise<AnyOutgoing[]> {
    switch (intent.kind) {
      case 'lookup':
        return [await this.lookup(intent)];
      case 'plan':
        return [await this.plan(intent)];
      case 'restoration':
        return [await this.restoration(intent)];
      case 'erased':
        return [await this.erased(intent)];
      case 'corrected':
        return [await this.corrected(intent)];
      case 'destroy-identity':
        await this.destroy(intent.caseId);
        return [];
    }
  }

  /** The applicant's identity and particulars; null once they were destroyed. */
  async subject(caseId: string, sealed: string | null): Promise<Subject | null> {
    if (sealed === null) return null;
    try {
      return await this.vault.stored.open<Subject>('identity', caseId, fromBase64(sealed));
    } catch (error) {
      if (error instanceof KeyDestroyed) return null;
      throw error;
    }
  }

  /** R-52: identity, package, and what systems found and exported. Connectors' own artifacts end with their own keys. */
  private async destroy(caseId: string): Promise<void> {
    await this.vault.stored.destroy('identity', caseId);
    await this.vault.stored.destroy('package', caseId);
    await this.vault.artifacts.deleteOfCase(caseId, ['review', 'export', 'package']);
  }

  private async lookup(intent: Extract<Prepared, { kind: 'lookup' }>): Promise<AnyOutgoing> {
    const { caseId, system, round, kinds, scope, reason, at } = intent;
    const id = eventId(caseId, system, 'lookup', round);
    const type = 'dsr.lookup.requested.v1';
    const value = await this.vault.stored.open<Subject>('identity', caseId, fromBase64(intent.identity));
    const subject = await this.vault.seal(value, { recipients: [`connector-${system}`], id, type, system });
    return {
      id,
      type,
      caseId,
      systems: [system],
      data: { caseId, system, round, kinds, scope, requestedAt: at, reason, subject },
    };
  }

  private async plan({
    caseId,
    system,
    plan: frozen,
    scope,
  }: Extract<Prepared, { kind: 'plan' }>): Promise<AnyOutgoing> {
    const id = eventId(caseId, system, 'plan', frozen.round);
    const type = 'dsr.plan.approved.v1';
    const validUntil = frozen.validUntil ?? frozen.proposedAt;
    const exclusions = frozen.exclusions.map(({ record, paths, operations, ground }) => ({
      record,
      operations,
      ground,
      ...(paths.length > 0 && { paths }),
    }));
    const corrections = await this.corrections(caseId, frozen);
    const { confirmed, rejected } = frozen;
    const decisions = confirmed.length + rejected.length + exclusions.length + corrections.length;
    const content = Buffer.from(JSON.stringify({ confirmed, rejected, exclusions, corrections }));
    const apart = decisions > INLINE_DECISIONS || content.byteLength > INLINE_BYTES;
    const recipients = [`connector-${system}`];
    const plan: Plan = {
      planId: frozen.planId,
      caseId,
      system,
      round: frozen.round,
      manifestDigest: frozen.manifestDigest,
      operations: frozen.operations,
      scope,
      confirmed: apart ? [] : confirmed,
      rejected: apart ? [] : rejected,
      exclusions: apart ? [] : exclusions,
      ...(!apart &&
        corrections.length > 0 && {
          corrections: await this.vault.seal({ corrections }, { recipients, id, type, system }),
        }),
      ...(apart && {
        decisions: await this.decisionLists.put({
          caseId,
          system,
          planId: frozen.planId,
          content,
        }),
      }),
      undoDays: frozen.undoDays,
      approvedBy: frozen.approvedBy,
      validUntil,
    };
    const data = {
      caseId,
      system,
      round: frozen.round,
      planId: frozen.planId,
      validUntil,
      plan: await this.vault.signer.sign(plan),
    };
    return { id, type, caseId, systems: [system], data };
  }

  private async corrections(caseId: string, plan: FrozenPlan) {
    return Promise.all(
      plan.corrections.map(async ({ record, path, claimId, sealed }) => {
        const { value } = await this.vault.stored.open<DeterminedValue>('identity', caseId, fromBase64(sealed));
        return { record, path, claimId, value };
      }),
    );
  }

  private async restoration(intent: Extract<Prepared, { kind: 'restoration' }>): Promise<AnyOutgoing> {
    const { caseId, system, round, approval } = intent;
    const signed = await this.vault.signer.sign({ caseId, system, round, ...approval });
    return {
      id: eventId(caseId, system, 'restoration', round, approval.planId),
      type: 'dsr.restoration.approved.v1',
      caseId,
      systems: [system],
      data: { caseId, system, round, planId: approval.planId, approval: signed },
    };
  }

  /** Match tokens of the person (R-41); none once the identity was destroyed, when only the records' tokens are left. */
  personTokens(identity: Identity | null): string[] {
    if (!identity) return [];
    return [...new Set(tokenValues(identity as Person).map(({ kind, value }) => this.vault.tokens.token(kind, value)))];
  }

  private async erased(intent: Extract<Prepared, { kind: 'erased' }>): Promise<AnyOutgoing> {
    const subject = await this.subject(intent.caseId, intent.identity);
    const tokens = [...this.personTokens(subject?.identity ?? null), ...intent.recordTokens].slice(0, MOST_TOKENS);
    return { id: intent.id, type: 'dsr.subject.erased.v1', caseId: intent.caseId, data: { ...intent.payload, tokens } };
  }

  private async corrected(intent: Extract<Prepared, { kind: 'corrected' }>): Promise<AnyOutgoing> {
    const { caseId, id, part, at } = intent;
    const subject = await this.subject(caseId, intent.identity);
    const claims = subject?.particulars.claims ?? [];
    const before = subject
      ? claims.reduce((person, claim) => withClaim(person, claim.field, claim.current), subject.identity)
      : null;
    const after = subject
      ? claims.reduce((person, claim) => withClaim(person, claim.field, claim.claimed), subject.identity)
      : null;
    const old = [...new Set([...this.personTokens(subject?.identity ?? null), ...this.personTokens(before)])];
    const tokens = [...old, ...intent.recordTokens].slice(0, MOST_TOKENS);
    const newTokens = this.personTokens(after).filter((token) => !this.personTokens(before).includes(token));
    const fields = [
      ...new Set(
        claims.filter(({ system }) => system === undefined || system === part.system).map(({ field }) => field),
      ),
    ];
    return {
      id,
      type: 'dsr.subject.corrected.v1',
      caseId,
      data: {
        caseId,
        set: id.replaceAll(':', '-'),
        tokens,
        newTokens,
        fields,
        correctedAt: at,
        systems: [{ system: part.system, records: part.records }],
      },
    };
  }
}

/** The person with one identifying value put in the place of the present ones: as it was held, or as it ought to be. */
function withClaim(identity: Identity, field: string, value: string | undefined): Identity {
  if (value === undefined) return identity;
  switch (field) {
    case 'email':
      return { ...identity, emails: [value] };
    case 'phone':
      return { ...identity, phones: [value] };
    case 'full-kana':
      return { ...identity, fullKana: value };
    case 'family-kana':
      return { ...identity, familyKana: value };
    case 'given-kana':
      return { ...identity, givenKana: value };
    case 'birth-date':
      return { ...identity, birthDate: value };
    default:
      return identity;
  }
}
