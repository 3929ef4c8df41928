import { ApiProperty } from '@nestjs/swagger';
import { CHANNELS, KIND_NAMES, LANGUAGES, PURPOSES } from '@kenri/contracts';
import { STATES } from '../decisions/application.js';

export class BilingualText {
  @ApiProperty()
  ja: string;
  @ApiProperty()
  en: string;
}
export class MissingItem {
  @ApiProperty({ example: 'identity-proof' })
  code: string;
  @ApiProperty({ type: BilingualText })
  text: BilingualText;
}
export class ClockState {
  @ApiProperty({ enum: ['running', 'paused', 'stopped'] })
  state: string;
  @ApiProperty({ required: false, enum: ['awaiting-documents', 'awaiting-fee'] })
  reason?: string;
  @ApiProperty({ required: false, type: 'string', format: 'date-time' })
  since?: Date;
}
export class SubmittedApplication {
  @ApiProperty({ description: 'id of the application and of its case (ULID)' })
  id: string;
  @ApiProperty({ example: 'K-2026-7F3K9Q' })
  reference: string;
  @ApiProperty({
    description: 'shown this once; with the reference it opens the status',
    example: '4F7K-9QRM-2XTA-CD8E-WYBH-3NPZ',
  })
  secret: string;
  @ApiProperty({ type: [MissingItem], description: 'what is still to be sent (R-06)' })
  missing: MissingItem[];
}
export class StepView {
  @ApiProperty({ type: 'string', format: 'date-time' })
  at: Date;
  @ApiProperty({ description: 'staff account, applicant, or kenri' })
  by: string;
  @ApiProperty()
  step: string;
}
export class CaseView {
  @ApiProperty()
  state: string;
  @ApiProperty({ required: false })
  outcome?: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  dueAt: Date;
  @ApiProperty({ required: false, type: 'string', format: 'date-time' })
  openedAt?: Date;
  @ApiProperty({ required: false })
  deferredUntil?: string;
  @ApiProperty()
  packageReady: boolean;
}
/** An application as it may be seen without the person's data. */
export class ApplicationSummary {
  @ApiProperty()
  id: string;
  @ApiProperty()
  reference: string;
  @ApiProperty({ enum: STATES })
  state: string;
  @ApiProperty({ enum: KIND_NAMES, isArray: true })
  kinds: string[];
  @ApiProperty({ enum: CHANNELS })
  channel: string;
  @ApiProperty({ enum: LANGUAGES })
  language: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  receivedAt: Date;
  @ApiProperty({ type: [MissingItem] })
  missing: MissingItem[];
  @ApiProperty({ description: 'what a clerk still has to do', type: [String], example: ['identity-check'] })
  toDo: string[];
  @ApiProperty({ type: ClockState })
  clock: ClockState;
  @ApiProperty({ required: false, type: CaseView })
  case?: CaseView;
}
export class FeeView {
  @ApiProperty({ description: 'yen incl. tax; 0 is free' })
  amount: number;
  @ApiProperty()
  paid: number;
}
export class CheckView {
  @ApiProperty({ enum: ['data-subject', 'proxy'] })
  person: string;
  @ApiProperty()
  proof: string;
  @ApiProperty()
  result: string;
  @ApiProperty()
  checkedOn: string;
  @ApiProperty()
  by: string;
}
export class PauseView {
  @ApiProperty({ enum: ['awaiting-documents', 'awaiting-fee'] })
  reason: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  from: Date;
  @ApiProperty({ required: false, type: 'string', format: 'date-time' })
  until?: Date;
}
export class DuplicateView {
  @ApiProperty()
  id: string;
  @ApiProperty()
  reference: string;
  @ApiProperty({ description: 'kinds that both carry', type: [String] })
  kinds: string[];
  @ApiProperty({
    enum: ['strong', 'possible'],
    description: 'strong: reading and birth date, and e-mail or telephone agree',
  })
  agreement: string;
}
export class ProxyView {
  @ApiProperty()
  relation: string;
  @ApiProperty({ type: [String] })
  kinds: string[];
  @ApiProperty({ required: false, description: 'result of the check' })
  checked?: string;
}
export class ApplicationView extends ApplicationSummary {
  @ApiProperty({ enum: PURPOSES, isArray: true })
  purposes: string[];
  @ApiProperty({ type: [String] })
  enclosed: string[];
  @ApiProperty({ type: FeeView })
  fee: FeeView;
  @ApiProperty({ type: [CheckView] })
  identityChecks: CheckView[];
  @ApiProperty({ required: false, type: ProxyView })
  proxy?: ProxyView;
  @ApiProperty({ type: [PauseView] })
  pauses: PauseView[];
  @ApiProperty({
    required: false,
    type: [DuplicateView],
    description: 'offered, never merged by themselves (R-07); answered by GET',
  })
  possibleDuplicates?: DuplicateView[];
  @ApiProperty({ type: [String], description: 'systems asked' })
  systems: string[];
  @ApiProperty({ required: false })
  rejectionGround?: string;
  @ApiProperty({ type: [StepView] })
  steps: StepView[];
}
export class StatusView {
  @ApiProperty()
  reference: string;
  @ApiProperty({ example: 'deciding' })
  state: string;
  @ApiProperty({ type: BilingualText })
  text: BilingualText;
  @ApiProperty({ type: [MissingItem] })
  missing: MissingItem[];
  @ApiProperty({ type: 'string', format: 'date-time' })
  receivedAt: Date;
  @ApiProperty({ type: ClockState })
  clock: ClockState;
  @ApiProperty({ required: false, type: 'string', format: 'date-time' })
  dueAt?: Date;
  @ApiProperty({ required: false, type: 'string', format: 'date-time' })
  withdrawalWishedAt?: Date;
  @ApiProperty({ required: false })
  outcome?: string;
  @ApiProperty({ required: false })
  deferredUntil?: string;
  @ApiProperty()
  packageReady: boolean;
}
