import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CaseChanged, CaseOpened } from '@kenri/contracts';
import { ApplicationStore } from '../application.store.js';
import { noteChanged, noteOpened } from '../decisions/case-news.js';

/** What `cases` told of many cases; one write for all of them. */
export class NoteCaseNews extends Command<void> {
  constructor(readonly news: readonly ({ opened: CaseOpened } | { changed: CaseChanged })[]) {
    super();
  }
}

@CommandHandler(NoteCaseNews)
export class NoteCaseNewsHandler implements ICommandHandler<NoteCaseNews> {
  constructor(private readonly applications: ApplicationStore) {}

  async execute({ news }: NoteCaseNews): Promise<void> {
    await this.applications.documents.commit(
      news.map((item) =>
        'opened' in item
          ? { id: item.opened.caseId, decide: (application) => noteOpened(application, item.opened) }
          : { id: item.changed.caseId, decide: (application) => noteChanged(application, item.changed) },
      ),
    );
  }
}
