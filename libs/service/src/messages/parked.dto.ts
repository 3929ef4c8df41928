import { AnswerField, AnswerOrNull, ChoiceField, TextField } from '../input/fields.js';
import { PageQuery } from '../input/paging.js';

const CODE = /^[a-z0-9-]{1,60}$/;
const TYPE = /^dsr\.[a-z.]{1,60}\.v\d{1,3}$/;

export class ParkedQuery extends PageQuery {
  @ChoiceField({ of: ['parked', 'discarded'], optional: true, description: 'parked by default' })
  state?: 'parked' | 'discarded';
  @TextField({ optional: true, pattern: CODE, description: 'only those parked for this reason code' })
  reason?: string;
  @TextField({ optional: true, pattern: TYPE, description: 'only those of this ce_type' })
  type?: string;
}

export class ParkedPath {
  @TextField({ pattern: /^[a-z0-9-]{1,80}$/, example: 'kenri-cases' })
  group: string;
  @TextField({ pattern: /^[A-Za-z0-9._-]{1,249}$/, example: 'dsr.answers.v1' })
  topic: string;
  @TextField({ pattern: /^\d{1,6}$/, example: '3' })
  partition: string;
  @TextField({ pattern: /^\d{1,19}@-?\d{1,15}$/, description: '<offset>@<timestamp>', example: '17@1767225600000' })
  record: string;
}

export class ReplayParked {
  @TextField({
    max: 300,
    description: 'id of the parked message',
    example: 'kenri-cases/dsr.answers.v1/3/17@1767225600000',
  })
  id: string;
}

export class DiscardParked extends ReplayParked {
  @TextField({
    max: 80,
    // Kept for good and shown to everybody who operates: a form in which nobody is described.
    pattern: /^[A-Za-z][A-Za-z0-9]*([._:#/-][A-Za-z0-9]+)*$/,
    description:
      'why it is given up: a ticket number or a code beginning with a letter, without blanks; nothing personal',
    example: 'OPS-1234',
  })
  reason: string;
}

const instant = (description: string) => ({ type: 'string', format: 'date-time', description }) as const;

class ReasonShown {
  @AnswerField({ example: 'handler-failed' })
  code: string;
  @AnswerField({ required: false, type: String, description: 'the class of the fault, or the place of what is wrong' })
  detail?: string;
}
class DiscardedShown {
  @AnswerField(instant('when'))
  at: string;
  @AnswerField({ description: 'the staff account' })
  by: string;
  @AnswerField({ description: 'why' })
  reason: string;
}

/** `ParkedMessage` of @kenri/messaging, as it is answered. */
export class ParkedShown {
  @AnswerField({
    description: '<group>/<topic>/<partition>/<offset>@<timestamp>',
    example: 'kenri-cases/dsr.answers.v1/3/17@1767225600000',
  })
  id: string;
  @AnswerField({})
  topic: string;
  @AnswerField({ type: 'integer' })
  partition: number;
  @AnswerField({})
  offset: string;
  @AnswerField({ description: 'of the record, milliseconds since 1970' })
  timestamp: string;
  @AnswerField(instant('when it was parked first'))
  parkedAt: string;
  @AnswerField({ type: ReasonShown })
  reason: ReasonShown;
  @AnswerField({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'headers whose value has the form it ought to have; others are left out',
  })
  attributes: object;
  @AnswerField({ required: false, type: String, description: 'only where it has the form of a case id or match token' })
  key?: string;
  @AnswerOrNull('size of the value; null for a tombstone', { type: 'integer' })
  bytes: number | null;
  @AnswerField({ type: 'integer', description: 'how often it was replayed in vain' })
  replays: number;
  @AnswerField({ type: 'string', enum: ['parked', 'discarded'] })
  state: string;
  @AnswerField({ required: false, type: DiscardedShown })
  discarded?: DiscardedShown;
}

export class ReplayedShown {
  @AnswerField({})
  id: string;
  @AnswerField({ type: 'string', enum: ['handled', 'parked-again'] })
  outcome: string;
  @AnswerField({ required: false, type: ReasonShown, description: 'why it was parked again' })
  reason?: ReasonShown;
}

export class ParkedCount {
  @AnswerField({ description: 'reason code' })
  reason: string;
  @AnswerField({})
  topic: string;
  @AnswerOrNull('ce_type; null where there was none of the expected form', { type: 'string' })
  type: string | null;
  @AnswerField({ type: 'integer' })
  messages: number;
  @AnswerField(instant('when the oldest of them was parked'))
  oldestAt: string;
}
