import { Controller, Get, Header, HttpCode, Inject, Param, Post, StreamableFile } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CLOCK,
  CONFIGURATION,
  CurrentStaff,
  Problem,
  Public,
  Roles,
  TextField,
  type Clock,
  type Staff,
} from '@kenri/service';
import { Vault } from '@kenri/vault';
import { CaseStore } from '../case.store.js';
import type { CasePolicy } from '../decisions/policy.js';
import { CaseAnswer, LinkAnswer, PasswordAnswer } from '../http/case-answers.dto.js';
import { accountOf, CaseCommands } from '../http/case-commands.js';
import { CasePath } from '../http/inputs.js';
import { caseView, type CaseView } from '../queries/case-view.js';
import { POLICY, type CasesConfiguration } from '../setup/settings.js';
import { PackageBuilder } from './package-builder.js';
import { PackageStore, type PackageRecord } from './package.store.js';

const DAY_MS = 24 * 3600_000;

class LinkPath {
  @TextField({ pattern: /^[A-Za-z0-9_-]{43}$/, max: 43, description: 'token of the link' })
  token: string;
}

/** The disclosure package from its building to its download. */
@ApiTags('package')
@Controller()
export class PackagesController {
  constructor(
    private readonly cases: CaseCommands,
    private readonly store: CaseStore,
    private readonly packages: PackageStore,
    private readonly builder: PackageBuilder,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(POLICY) private readonly policy: CasePolicy,
    @Inject(CONFIGURATION) private readonly configuration: CasesConfiguration,
  ) {}

  @Post('cases/:caseId/package/build')
  @HttpCode(200)
  @Roles('medical-reviewer')
  @ApiOperation({ summary: 'Builds a package that holds medical data: only a medical reviewer can have it opened' })
  @ApiOkResponse({ type: CaseAnswer })
  async build(@Param() { caseId }: CasePath): Promise<CaseView> {
    await this.builder.buildForMedicalReviewer(caseId);
    return caseView(await this.cases.shown(caseId), this.policy);
  }

  @Post('cases/:caseId/package/links')
  @Roles('case-worker')
  @ApiOperation({ summary: 'A download link for the applicant, which expires; the token is shown this once' })
  @ApiCreatedResponse({ type: LinkAnswer })
  async link(@Param() { caseId }: CasePath, @CurrentStaff() staff: Staff): Promise<{ path: string; expiresAt: Date }> {
    await this.released(caseId);
    const expiresAt = new Date(this.clock.now().getTime() + this.configuration.KENRI_PACKAGE_LINK_DAYS * DAY_MS);
    const token = await this.packages.addLink(caseId, accountOf(staff), expiresAt);
    if (token === undefined) throw Problem.notFound();
    return { path: `/packages/${token}`, expiresAt };
  }

  @Get('cases/:caseId/package/password')
  @Roles('clerk')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The password of a released package, for the letter: never by the way the link goes' })
  @ApiOkResponse({ type: PasswordAnswer })
  async password(@Param() { caseId }: CasePath): Promise<{ password: string }> {
    const { password } = await this.released(caseId);
    return { password: await this.vault.stored.open<string>('package', caseId, password) };
  }

  @Get('packages/:token')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Downloads a package by its link; every download is recorded' })
  @ApiOkResponse({ content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } } })
  async download(@Param() { token }: LinkPath): Promise<StreamableFile> {
    const found = await this.packages.openLink(token);
    if (!found) throw Problem.notFound();
    await this.store.handle([{ id: found._id, command: { type: 'record-download', who: 'applicant' } }]);
    return new StreamableFile(await this.vault.artifacts.open(found.artifact), {
      type: 'application/zip',
      disposition: `attachment; filename="${found.fileName}"`,
      length: found.artifact.size,
    });
  }

  private async released(caseId: string): Promise<PackageRecord> {
    const state = await this.cases.shown(caseId);
    const found = await this.packages.get(caseId);
    if (state.package.state === 'released' && found) return found;
    throw Problem.conflict({
      ja: '開示資料はまだ引き渡されていません。',
      en: 'The package has not been released yet.',
    });
  }
}
