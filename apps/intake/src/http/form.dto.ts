import { FIELD_KINDS } from '@kenri/contracts';
import { ChoiceField, ObjectField, ObjectListField, TextField, TextListField } from '@kenri/service';

const SYSTEM = /^[a-z][a-z0-9-]{1,39}$/;

export class PersonNameDto {
  @TextField({ optional: true, example: '山田 太郎' })
  fullName?: string;
  @TextField({ optional: true })
  familyName?: string;
  @TextField({ optional: true })
  givenName?: string;
  @TextField({ optional: true, description: 'reading, any kana', example: 'ヤマダ タロウ' })
  fullKana?: string;
  @TextField({ optional: true })
  familyKana?: string;
  @TextField({ optional: true })
  givenKana?: string;
  @TextField({ optional: true, description: 'in Latin letters', example: 'YAMADA Taro' })
  romaji?: string;
}

export class CustomerNumberDto {
  @TextField({ pattern: SYSTEM, max: 40, description: 'system that issued it', example: 'auto' })
  system: string;
  @TextField({ example: 'A-102938' })
  number: string;
}

/** Who applies, with what makes a match certain. */
export class IdentityDto extends PersonNameDto {
  @TextField({ optional: true, description: 'as written on the form, western or Japanese era', example: '1974-05-09' })
  birthDate?: string;
  @TextListField({ optional: true, example: ['taro.yamada@example.jp'] })
  emails?: string[];
  @TextListField({ optional: true, example: ['03-6440-2500'] })
  phones?: string[];
  @TextField({ optional: true, example: '107-0061' })
  postalCode?: string;
  @TextField({ optional: true, example: '東京都港区北青山2-5-8' })
  address?: string;
  @TextField({ optional: true })
  organisation?: string;
  @ObjectListField(() => PersonNameDto, { optional: true, description: 'names before marriage or change' })
  formerNames?: PersonNameDto[];
  @TextListField({ optional: true })
  earlierAddresses?: string[];
  @ObjectListField(() => CustomerNumberDto, { optional: true, maxItems: 50 })
  customerNumbers?: CustomerNumberDto[];
}

export class ClaimDto {
  @TextField({
    optional: true,
    max: 40,
    pattern: /^[A-Za-z0-9_-]{1,40}$/,
    description: 'numbered by itself where absent',
  })
  id?: string;
  @ChoiceField({ of: ['correction', 'addition', 'deletion-of-incorrect'] })
  kind: 'correction' | 'addition' | 'deletion-of-incorrect';
  @ChoiceField({ of: FIELD_KINDS, description: 'what kind of value is wrong', example: 'address' })
  field: (typeof FIELD_KINDS)[number];
  @TextField({ optional: true, pattern: SYSTEM, max: 40, description: 'where given, only this system' })
  system?: string;
  @TextField({ optional: true, description: 'what the person believes is held now' })
  current?: string;
  @TextField({ optional: true, description: 'what it ought to be; absent for a deletion' })
  claimed?: string;
  @TextField({ optional: true, max: 2000 })
  grounds?: string;
}

export class ParticularsDto {
  @ObjectListField(() => ClaimDto, { optional: true, maxItems: 100 })
  claims?: ClaimDto[];
  @TextField({ optional: true, max: 5000, description: 'in the person’s own words' })
  statement?: string;
}

export class ProxyPersonDto {
  @TextField({ example: '佐藤 法子' })
  name: string;
  @TextField({ optional: true, description: 'where to answer the proxy' })
  contact?: string;
}

/** The personal part of an application, shown to clerks and case workers. */
export class FormDto {
  @ObjectField(() => IdentityDto)
  identity: IdentityDto;
  @ObjectField(() => ParticularsDto)
  particulars: ParticularsDto;
  @ObjectField(() => ProxyPersonDto, { optional: true })
  proxy?: ProxyPersonDto;
}
