import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Vault } from '@kenri/vault';
import type { CaseState, ManualResolution } from '../decisions/case-state.js';
import { toBase64 } from '../effects/prepare-effects.js';
import { ActOnCase } from './act-on-case.js';

/** A person ends a system's part with grounds: carried out by hand, refused, or nothing held. */
export class ResolveManually {
  constructor(
    readonly caseId: string,
    readonly system: string,
    readonly outcome: ManualResolution['outcome'],
    readonly ground: string,
    readonly note: string | undefined,
    readonly who: string,
  ) {}
}

@CommandHandler(ResolveManually)
export class ResolveManuallyHandler implements ICommandHandler<ResolveManually> {
  constructor(
    private readonly vault: Vault,
    private readonly commands: CommandBus,
  ) {}

  /** The note may speak of the person: it is kept sealed, and is not part of the history. */
  async execute({ caseId, system, outcome, ground, note, who }: ResolveManually): Promise<CaseState> {
    const sealed = note === undefined ? null : toBase64(await this.vault.stored.seal('identity', caseId, note));
    return this.commands.execute(
      new ActOnCase(caseId, { type: 'resolve-manually', system, outcome, ground, note: sealed, who }),
    );
  }
}
