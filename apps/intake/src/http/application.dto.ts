import {
  CHANNELS,
  KIND_NAMES,
  LANGUAGES,
  PURPOSES,
  type Channel,
  type Kind,
  type Language,
  type Purpose,
} from '@kenri/contracts';
import {
  ChoiceField,
  ChoiceListField,
  DateField,
  IntegerField,
  ObjectField,
  PageQuery,
  TextField,
} from '@kenri/service';
import {
  ENCLOSURES,
  PROXY_RELATIONS,
  STATES,
  type ApplicationState,
  type Enclosure,
  type ProxyRelation,
} from '../decisions/application.js';
import { PROXY_EVIDENCE_NAMES, type ProxyEvidence } from '../decisions/checks.js';
import { REJECTION_GROUND_NAMES, type RejectionGround } from '../decisions/ending.js';
import { MASKED_ITEMS, PROOF_ITEMS, PROOF_NAMES, type Proof } from '../decisions/proofs.js';
import { IdentityDto, ParticularsDto, ProxyPersonDto } from './form.dto.js';

const KINDS = {
  of: KIND_NAMES,
  minItems: 1,
  maxItems: KIND_NAMES.length,
  description: 'R-01; a form may carry several',
  example: ['disclosure'],
};

export class ProxyDto extends ProxyPersonDto {
  @ChoiceField({ of: PROXY_RELATIONS, description: 'mandated by a letter of proxy, or a statutory representative' })
  relation: ProxyRelation;
  @ChoiceListField({ ...KINDS, description: 'kinds that the authority names' })
  kinds: Kind[];
}

export class SubmitApplicationDto {
  @ChoiceListField(KINDS)
  kinds: Kind[];
  @ChoiceField({ of: CHANNELS, optional: true, description: 'the public may only send web, and need not say so' })
  channel?: Channel;
  @ChoiceField({ of: LANGUAGES, optional: true, description: 'language of the answer; ja by default' })
  language?: Language;
  @ChoiceListField({
    of: PURPOSES,
    optional: true,
    description: 'what is to cease; the kind’s own purposes by default',
  })
  purposes?: Purpose[];
  @ObjectField(() => IdentityDto)
  identity: IdentityDto;
  @ObjectField(() => ParticularsDto, { optional: true })
  particulars?: ParticularsDto;
  @ObjectField(() => ProxyDto, { optional: true })
  proxy?: ProxyDto;
  @DateField({ optional: true, description: 'day of arrival; staff only' })
  receivedOn?: string;
  @DateField({ optional: true, description: 'day of the postmark; staff only' })
  postmarkedOn?: string;
  @ChoiceListField({ of: ENCLOSURES, optional: true, description: 'documents that came with the form; staff only' })
  enclosed?: Enclosure[];
}

/** Members that are absent stay as they are; those that are there replace the whole of what was. */
export class AmendApplicationDto {
  @ChoiceListField({ ...KINDS, optional: true })
  kinds?: Kind[];
  @ChoiceField({ of: LANGUAGES, optional: true })
  language?: Language;
  @ChoiceListField({ of: PURPOSES, optional: true })
  purposes?: Purpose[];
  @ObjectField(() => IdentityDto, { optional: true })
  identity?: IdentityDto;
  @ObjectField(() => ParticularsDto, { optional: true })
  particulars?: ParticularsDto;
  @ObjectField(() => ProxyDto, { optional: true })
  proxy?: ProxyDto;
  @ChoiceListField({ of: ENCLOSURES, optional: true })
  enclosed?: Enclosure[];
}

export class IdentityCheckDto {
  @ChoiceField({ of: ['data-subject', 'proxy'], description: 'whose identity' })
  person: 'data-subject' | 'proxy';
  @ChoiceField({ of: PROOF_NAMES, example: 'driving-licence' })
  proof: Proof;
  @ChoiceListField({
    of: PROOF_ITEMS,
    description: 'what the proof shows and agrees with the form',
    example: ['name', 'address'],
  })
  shows: string[];
  @ChoiceListField({ of: MASKED_ITEMS, optional: true, description: 'what is masked on the copy' })
  masked?: string[];
  @DateField({ example: '2026-04-01' })
  checkedOn: string;
  @DateField({ optional: true, example: '2029-05-09' })
  expiresOn?: string;
  @ChoiceField({
    of: ['confirmed', 'returned-for-masking', 'refused'],
    description: 'returned-for-masking: a number was not masked; the copy was destroyed and is asked for again',
  })
  result: 'confirmed' | 'returned-for-masking' | 'refused';
}

export class ProxyCheckDto {
  @ChoiceField({ of: PROXY_EVIDENCE_NAMES })
  evidence: ProxyEvidence;
  @DateField({ description: 'day of issue of the certificate' })
  issuedOn: string;
  @ChoiceField({ of: ['confirmed', 'refused'] })
  result: 'confirmed' | 'refused';
}

export class FeeReceiptDto {
  @IntegerField({ min: 1, max: 1_000_000, description: 'yen paid', example: 5250 })
  amount: number;
  @DateField({ description: 'day on the bank receipt' })
  paidOn: string;
}

export class RejectApplicationDto {
  @ChoiceField({ of: REJECTION_GROUND_NAMES })
  ground: RejectionGround;
  @TextField({
    optional: true,
    pattern: /^[0-9A-HJKMNP-TV-Z]{26}$/,
    max: 26,
    description: 'the other application, for duplicate',
  })
  duplicateOf?: string;
}

export class ApplicationPath {
  @TextField({
    pattern: /^[0-9A-HJKMNP-TV-Z]{26}$/,
    max: 26,
    description: 'id of the application and of its case (ULID)',
  })
  id: string;
}

export class ListApplicationsDto extends PageQuery {
  @ChoiceField({ of: STATES, optional: true })
  state?: ApplicationState;
  @ChoiceField({ of: KIND_NAMES, optional: true })
  kind?: Kind;
  @ChoiceField({ of: CHANNELS, optional: true })
  channel?: Channel;
  @TextField({ optional: true, max: 20, pattern: /^K-\d{4}-[0-9A-Z]{6}$/, example: 'K-2026-7F3K9Q' })
  reference?: string;
}
