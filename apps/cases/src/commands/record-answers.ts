import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { EventType } from '@kenri/contracts';
import { Unprocessable, type Received } from '@kenri/messaging';
import { CaseStore } from '../case.store.js';
import type { CaseCommand } from '../decisions/case-command.js';

/** What connectors, business systems and intake say of cases: recorded in the order in which it arrived. */
export class RecordAnswers {
  constructor(readonly messages: readonly Received[]) {}
}

@CommandHandler(RecordAnswers)
export class RecordAnswersHandler implements ICommandHandler<RecordAnswers> {
  constructor(private readonly cases: CaseStore) {}

  async execute({ messages }: RecordAnswers): Promise<void> {
    await this.cases.handle(
      messages.map((message) => ({ id: message.caseId, command: commandOf(message), cause: message })),
    );
  }
}

/** Which command each event becomes; every payload has been checked against its schema. */
const COMMANDS = {
  'dsr.records.located.v1': 'record-located',
  'dsr.plan.executed.v1': 'record-executed',
  'dsr.plan.refused.v1': 'record-plan-refused',
  'dsr.answer.failed.v1': 'record-failed',
  'dsr.absence.verified.v1': 'record-verified',
  'dsr.records.restored.v1': 'record-restored',
  'dsr.receipt.recorded.v1': 'record-receipt',
  'dsr.request.withdrawn.v1': 'record-withdrawal-wish',
} as const satisfies { [T in EventType]?: CaseCommand['type'] };

function commandOf({ type, data }: Received): CaseCommand {
  if (!Object.hasOwn(COMMANDS, type)) throw new Unprocessable('not-for-cases', type);
  return { type: COMMANDS[type as keyof typeof COMMANDS], data } as CaseCommand;
}
