import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { OnEvent, type Received } from '@kenri/messaging';
import { DisposeApplications } from '../commands/dispose-applications.js';
import { NoteCaseNews } from '../commands/note-case-news.js';

/** Turns what `cases` tells into commands, a batch at a time. */
@Controller()
export class CaseEvents {
  constructor(private readonly commands: CommandBus) {}

  @OnEvent('dsr.case.opened.v1', { batch: true })
  async noteOpening(messages: Received<'dsr.case.opened.v1'>[]): Promise<void> {
    await this.commands.execute(new NoteCaseNews(messages.map(({ data }) => ({ opened: data }))));
  }

  @OnEvent('dsr.case.changed.v1', { batch: true })
  async noteChanges(messages: Received<'dsr.case.changed.v1'>[]): Promise<void> {
    await this.commands.execute(new NoteCaseNews(messages.map(({ data }) => ({ changed: data }))));
  }

  @OnEvent('dsr.case.disposed.v1', { batch: true })
  async forgetPersons(messages: Received<'dsr.case.disposed.v1'>[]): Promise<void> {
    await this.commands.execute(new DisposeApplications(messages.map(({ caseId }) => caseId)));
  }
}
