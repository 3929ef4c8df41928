import { PassThrough } from 'node:stream';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { CLOCK, Problem, type Clock } from '@kenri/service';
import { withSpan } from '@kenri/telemetry';
import { Vault } from '@kenri/vault';
import { CaseStore } from '../case.store.js';
import { CaseTimers } from '../case-timers.js';
import type { CaseState } from '../decisions/case-state.js';
import { exportsOf, medicalExportsOf } from '../decisions/disclosure.js';
import { Reviews } from '../reviews.js';
import { buildPackage, generatePassword } from './build-package.js';
import type { SystemExport } from './export-stream.js';
import { PackageStore } from './package.store.js';

/** After so long another instance builds a package whose builder has died. */
const TAKEN_OVER_AFTER_MS = 60_000;

/**
 * Builds the disclosure package once every export has come in. Where a medical system exported, nothing is opened by itself: a medical
 * reviewer orders the build, since the key of medical data serves only under such a person's token (contracts.md, Sealed data).
 */
@Injectable()
export class PackageBuilder implements OnModuleInit {
  private readonly logger = new Logger('PackageBuilder');

  constructor(
    private readonly cases: CaseStore,
    private readonly timers: CaseTimers,
    private readonly packages: PackageStore,
    private readonly reviews: Reviews,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.sweep.perform('package', {
      withinMs: TAKEN_OVER_AFTER_MS,
      work: async ({ _id: id }) => {
        const state = await this.cases.get(id);
        if (state?.package.state === 'ordered' && !this.needsMedicalReviewer(state)) await this.build(state, false);
        return undefined;
      },
    });
  }

  /** True where a package waits for a medical reviewer to have it built. */
  needsMedicalReviewer(state: CaseState): boolean {
    return medicalExportsOf(state, this.cases.policy).length > 0;
  }

  /** Builds under a medical reviewer's token; a package that is built already stays. @throws Problem where none is ordered */
  async buildForMedicalReviewer(caseId: string): Promise<void> {
    const state = await this.cases.get(caseId);
    if (!state) throw Problem.notFound();
    if (state.package.state === 'built' || state.package.state === 'released') return;
    if (state.package.state === 'none') {
      throw Problem.conflict({
        ja: '開示する記録がまだ揃っていません。',
        en: 'There is nothing to build yet: not every system has exported.',
      });
    }
    await this.build(state, true);
  }

  private async build(state: CaseState, asMedicalReviewer: boolean): Promise<void> {
    const { _id: caseId, request } = state;
    if (!request) return;
    await withSpan('package build', { attributes: { 'kenri.case': caseId } }, async (span) => {
      const systems: SystemExport[] = exportsOf(state).map(({ system, ref, files }) => ({
        system,
        files,
        open: () =>
          this.vault.artifacts.open(
            ref,
            this.reviews.isMedical(system) && asMedicalReviewer ? { as: 'cases/medical' } : {},
          ),
      }));
      span.setAttribute('kenri.systems', systems.length);
      const password = generatePassword();
      const builtAt = this.clock.now();
      const zip = new PassThrough();
      const facts = { caseId, reference: request.reference, createdAt: builtAt, language: request.language };
      const writing = buildPackage(facts, systems, password, zip).catch((error: unknown) => {
        // The store must not take a torn ZIP for a whole one.
        zip.destroy(error instanceof Error ? error : new Error('package not built'));
        throw error;
      });
      const storing = this.vault.artifacts.put(zip, {
        recipients: ['cases'],
        contentType: 'application/zip',
        caseId,
        purpose: 'package',
        sealedUnder: 'package',
      });
      const [written, stored] = await Promise.allSettled([writing, storing]);
      if (written.status === 'rejected') throw written.reason;
      if (stored.status === 'rejected') throw stored.reason;
      const artifact = stored.value;
      const sealedPassword = await this.vault.stored.seal('package', caseId, password);
      const fileName = `${request.reference}.zip`;
      const earlier = await this.packages.replace({
        _id: caseId,
        artifact,
        fileName,
        password: sealedPassword,
        builtAt,
      });
      await this.cases.handle([{ id: caseId, command: { type: 'record-package-built', artifact } }]);
      if (earlier) await this.vault.artifacts.delete(earlier.id);
      this.logger.log(`package of case ${caseId} built from ${systems.length} systems, ${artifact.size} bytes`);
    });
  }
}
