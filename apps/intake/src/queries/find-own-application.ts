import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Problem } from '@kenri/service';
import { verifySecret } from '../applicant-secret.js';
import { ApplicationStore } from '../application.store.js';
import type { Application } from '../decisions/application.js';
import { REFERENCE } from '../decisions/reference.js';
import { WrongSecretStore } from '../wrong-secret.store.js';

/** The application of who knows reference and secret. */
export class FindOwnApplication extends Query<Application> {
  constructor(
    readonly reference: string,
    readonly secret: string,
  ) {
    super();
  }
}

@QueryHandler(FindOwnApplication)
export class FindOwnApplicationHandler implements IQueryHandler<FindOwnApplication> {
  constructor(
    private readonly applications: ApplicationStore,
    private readonly wrong: WrongSecretStore,
  ) {}

  /** The same problem, after the same work, for a wrong secret, an unknown reference and a destroyed application. */
  async execute({ reference, secret }: FindOwnApplication): Promise<Application> {
    const asked = reference.toUpperCase();
    await this.wrong.refuseMany(asked);
    const application = REFERENCE.test(asked) ? await this.applications.readByReference(asked) : null;
    if ((await verifySecret(secret, application?.secret)) && application) return application;
    await this.wrong.count(asked);
    throw new Problem('secret-refused', {
      ja: '受付番号と照会コードを確かめてください。',
      en: 'Check the reference and the secret.',
    });
  }
}
