import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ApplicationStore } from '../application.store.js';
import type { Application } from '../decisions/application.js';
import { duplicateOf, type PossibleDuplicate } from '../decisions/duplicates.js';
import { Forms } from '../form.js';

export interface FoundApplication {
  application: Application;
  possibleDuplicates: PossibleDuplicate[];
}

export class GetApplication extends Query<FoundApplication | null> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetApplication)
export class GetApplicationHandler implements IQueryHandler<GetApplication> {
  constructor(
    private readonly applications: ApplicationStore,
    private readonly forms: Forms,
  ) {}

  async execute({ id }: GetApplication): Promise<FoundApplication | null> {
    const application = await this.applications.read(id);
    if (!application) return null;
    const form = application.disposedAt ? undefined : await this.forms.open(application);
    if (!form) return { application, possibleDuplicates: [] };
    const tokens = this.forms.tokensUnderEveryKey(form);
    const others = await this.applications.sharing(application, tokens);
    return { application, possibleDuplicates: others.map((other) => duplicateOf(application, tokens, other)) };
  }
}
