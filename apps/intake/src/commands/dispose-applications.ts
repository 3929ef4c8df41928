import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CLOCK, type Clock } from '@kenri/service';
import { Vault } from '@kenri/vault';
import { ApplicationStore } from '../application.store.js';
import { dispose } from '../decisions/ending.js';

/** Forgets the persons of these applications: their keys first, so that backups forget too. */
export class DisposeApplications extends Command<void> {
  constructor(readonly ids: readonly string[]) {
    super();
  }
}

@CommandHandler(DisposeApplications)
export class DisposeApplicationsHandler implements ICommandHandler<DisposeApplications> {
  constructor(
    private readonly applications: ApplicationStore,
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ ids }: DisposeApplications): Promise<void> {
    await this.vault.stored.destroy('identity', ...ids);
    const now = this.clock.now();
    await this.applications.documents.commit(
      ids.map((id) => ({ id, decide: (application) => dispose(application, now) })),
    );
  }
}
