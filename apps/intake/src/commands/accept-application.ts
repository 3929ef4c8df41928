import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Subject } from '@kenri/contracts';
import { Vault } from '@kenri/vault';
import { ApplicationStore } from '../application.store.js';
import { accept, acceptedId, refuseUnready } from '../decisions/acceptance.js';
import type { Application } from '../decisions/application.js';
import { systemsOf, type Policy } from '../decisions/policy.js';
import { stillReceived } from '../decisions/submission.js';
import { Forms } from '../form.js';
import { POLICY } from '../settings.js';

export class AcceptApplication extends Command<Application> {
  constructor(
    readonly id: string,
    readonly by: string,
    readonly revision?: number,
  ) {
    super();
  }
}

@CommandHandler(AcceptApplication)
export class AcceptApplicationHandler implements ICommandHandler<AcceptApplication> {
  constructor(
    private readonly applications: ApplicationStore,
    private readonly forms: Forms,
    private readonly vault: Vault,
    @Inject(POLICY) private readonly policy: Policy,
  ) {}

  async execute({ id, by, revision }: AcceptApplication): Promise<Application> {
    const read = await this.applications.read(id);
    if (read?.accepted) return read;
    const application = stillReceived(read, revision);
    refuseUnready(application);
    const seen = { revision: application.revision, subject: await this.sealSubject(application) };
    return this.applications.change(id, (current, { now }) => accept(current, seen, by, this.policy, now));
  }

  /** For `cases` and the systems named, bound to this message: nobody else can read it, nor can it be moved to another case. */
  private async sealSubject(application: Application) {
    const form = await this.forms.open(application);
    if (!form) throw new Error(`application ${application._id} has no form`);
    const subject: Subject = { identity: form.identity, particulars: form.particulars };
    const systems = systemsOf(this.policy, application.kinds);
    return this.vault.seal(subject, {
      recipients: ['cases', ...systems.map((system) => `connector-${system}`)],
      id: acceptedId(application._id),
      type: 'dsr.request.accepted.v1',
    });
  }
}
