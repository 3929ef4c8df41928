import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { pageOf, type Page } from '@kenri/service';
import { ApplicationStore, type ApplicationFilter } from '../application.store.js';
import type { ApplicationSummary } from '../http/answers.dto.js';
import { summaryOf } from './application-view.js';

export class ListApplications extends Query<Page<ApplicationSummary>> {
  constructor(
    readonly filter: ApplicationFilter,
    readonly limit: number,
    readonly before?: string,
  ) {
    super();
  }
}

@QueryHandler(ListApplications)
export class ListApplicationsHandler implements IQueryHandler<ListApplications> {
  constructor(private readonly applications: ApplicationStore) {}

  async execute({ filter, limit, before }: ListApplications): Promise<Page<ApplicationSummary>> {
    const found = await this.applications.list(filter, limit, before);
    return pageOf(found, limit, ({ _id }) => [_id], summaryOf);
  }
}
