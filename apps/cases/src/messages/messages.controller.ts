import { Controller } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { OnEvent, type Received } from '@kenri/messaging';
import { OpenCases } from '../commands/open-cases.js';
import { RecordAnswers } from '../commands/record-answers.js';

/** Messages only become commands, a poll at a time. */
@Controller()
export class MessagesController {
  constructor(private readonly commands: CommandBus) {}

  @OnEvent('dsr.request.accepted.v1', { batch: true })
  openCases(accepted: Received<'dsr.request.accepted.v1'>[]): Promise<unknown> {
    return this.commands.execute(new OpenCases(accepted));
  }

  @OnEvent('dsr.request.withdrawn.v1', { batch: true })
  cancelWhereStillPossible(wishes: Received<'dsr.request.withdrawn.v1'>[]): Promise<unknown> {
    return this.record(wishes);
  }

  @OnEvent('dsr.records.located.v1', { batch: true })
  recordWhatWasFound(answers: Received<'dsr.records.located.v1'>[]): Promise<unknown> {
    return this.record(answers);
  }

  @OnEvent('dsr.plan.executed.v1', { batch: true })
  recordWhatWasDone(answers: Received<'dsr.plan.executed.v1'>[]): Promise<unknown> {
    return this.record(answers);
  }

  @OnEvent('dsr.plan.refused.v1', { batch: true })
  recordRefusedPlans(answers: Received<'dsr.plan.refused.v1'>[]): Promise<unknown> {
    return this.record(answers);
  }

  @OnEvent('dsr.absence.verified.v1', { batch: true })
  recordSweeps(answers: Received<'dsr.absence.verified.v1'>[]): Promise<unknown> {
    return this.record(answers);
  }

  @OnEvent('dsr.records.restored.v1', { batch: true })
  recordRestorations(answers: Received<'dsr.records.restored.v1'>[]): Promise<unknown> {
    return this.record(answers);
  }

  @OnEvent('dsr.answer.failed.v1', { batch: true })
  recordFailures(answers: Received<'dsr.answer.failed.v1'>[]): Promise<unknown> {
    return this.record(answers);
  }

  @OnEvent('dsr.receipt.recorded.v1', { batch: true })
  recordReceipts(receipts: Received<'dsr.receipt.recorded.v1'>[]): Promise<unknown> {
    return this.record(receipts);
  }

  private record(messages: readonly Received[]): Promise<unknown> {
    return this.commands.execute(new RecordAnswers(messages));
  }
}
