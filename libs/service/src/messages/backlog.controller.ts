import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Backlog, type OutboxReport, type TimersReport } from '@kenri/messaging';
import { Roles } from '../access/access.js';
import { AnswerField, AnswerOrNull } from '../input/fields.js';

const instant = (description: string) => ({ type: 'string', format: 'date-time', description }) as const;
const asOf = instant("the service's clock when it was counted");

class TypeWaiting {
  @AnswerField({ example: 'dsr.records.located.v1' })
  type: string;
  @AnswerField({ type: 'integer' })
  entries: number;
}
class Leases {
  @AnswerField({ type: 'integer', description: 'documents that a relay has and will publish' })
  running: number;
  @AnswerField({ type: 'integer', description: 'documents whose relay ended or hangs; the next sweep takes them over' })
  expired: number;
  @AnswerField({ type: 'integer', description: 'documents that no relay has taken yet' })
  none: number;
}
/** `OutboxReport` of @kenri/messaging, as it is answered. */
class OutboxShown {
  @AnswerField(asOf)
  asOf: string;
  @AnswerField({ type: 'integer', description: 'documents with messages to publish' })
  documents: number;
  @AnswerField({ type: 'integer', description: 'messages to publish' })
  entries: number;
  @AnswerOrNull('since when the one that waits longest waits', { type: 'string', format: 'date-time' })
  oldestAt: string | null;
  @AnswerField({ type: [TypeWaiting] })
  types: TypeWaiting[];
  @AnswerField({ type: Leases })
  leases: Leases;
  @AnswerField({
    type: 'integer',
    description: 'documents of which the broker refused a message, as this instance saw it',
  })
  refused: number;
}

class TimerKindShown {
  @AnswerField({ example: 'deadline' })
  kind: string;
  @AnswerField({ type: 'integer' })
  timers: number;
  @AnswerField({ type: 'integer', description: 'whose time has come and which have not fired' })
  overdue: number;
  @AnswerField({ type: 'integer', description: 'whose handler failed last time; they fire again, later each time' })
  failing: number;
  @AnswerField(instant('the earliest of them'))
  nextAt: string;
}
/** `TimersReport` of @kenri/messaging, as it is answered. */
class TimersShown {
  @AnswerField(asOf)
  asOf: string;
  @AnswerField({ type: [TimerKindShown], description: 'kinds with overdue timers first' })
  kinds: TimerKindShown[];
}

/** What waits in this service's documents, for the operator: counts, times and types. */
@ApiTags('backlog')
@Controller()
@Roles('sre')
export class BacklogController {
  constructor(private readonly backlog: Backlog) {}

  @Get('outbox')
  @ApiOperation({ summary: 'Messages that wait to be published' })
  @ApiOkResponse({ type: OutboxShown })
  outbox(): Promise<OutboxReport> {
    return this.backlog.outbox();
  }

  @Get('timers')
  @ApiOperation({ summary: 'Timers by kind: how many, how many overdue, when the next is due' })
  @ApiOkResponse({ type: TimersShown })
  timers(): Promise<TimersReport> {
    return this.backlog.timers();
  }
}
