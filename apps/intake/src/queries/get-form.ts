import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ApplicationStore } from '../application.store.js';
import type { Form } from '../decisions/application.js';
import { Forms } from '../form.js';

/** The personal part of an application; null where there is none, or where it was destroyed on schedule. */
export class GetForm extends Query<Form | null> {
  constructor(readonly id: string) {
    super();
  }
}

@QueryHandler(GetForm)
export class GetFormHandler implements IQueryHandler<GetForm> {
  constructor(
    private readonly applications: ApplicationStore,
    private readonly forms: Forms,
  ) {}

  async execute({ id }: GetForm): Promise<Form | null> {
    const application = await this.applications.read(id);
    if (!application || application.disposedAt) return null;
    return (await this.forms.open(application)) ?? null;
  }
}
