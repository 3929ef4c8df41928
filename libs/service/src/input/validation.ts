import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { Bilingual } from '@kenri/contracts';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { Problem, type InputFault } from '../problems/problem.js';
import { refuseUnreadable } from './json-body.js';

type Wording = (limits: readonly unknown[]) => Bilingual;
const say =
  (ja: string, en: string): Wording =>
  () => ({ ja, en });

/** What is expected, per rule of class-validator. The offending value is never repeated: it may be personal. */
const WORDINGS: Readonly<Record<string, Wording>> = {
  isString: say('文字列で指定してください。', 'must be text'),
  isInt: say('整数で指定してください。', 'must be a whole number'),
  isBoolean: say('true または false で指定してください。', 'must be true or false'),
  isObject: say('オブジェクトで指定してください。', 'must be an object'),
  isArray: say('配列で指定してください。', 'must be a list'),
  nestedValidation: say('オブジェクトで指定してください。', 'must be an object'),
  isCalendarDate: say('実在する日付を YYYY-MM-DD で指定してください。', 'must be a real date as YYYY-MM-DD'),
  isInstant: say('日時を RFC 3339 形式で指定してください。', 'must be a date and time as RFC 3339, with offset'),
  arrayUnique: say('同じ値を繰り返さないでください。', 'must not repeat a value'),
  matches: say('形式が正しくありません。', 'does not have the expected form'),
  whitelistValidation: say('この項目はありません。取り除いてください。', 'is not a field here; remove it'),
  minLength: ([least]) => ({
    ja: `${String(least)} 文字以上で指定してください。`,
    en: `must have at least ${String(least)} character(s)`,
  }),
  maxLength: ([most]) => ({
    ja: `${String(most)} 文字以内で指定してください。`,
    en: `must have at most ${String(most)} characters`,
  }),
  min: ([least]) => ({ ja: `${String(least)} 以上で指定してください。`, en: `must be at least ${String(least)}` }),
  max: ([most]) => ({ ja: `${String(most)} 以下で指定してください。`, en: `must be at most ${String(most)}` }),
  arrayMinSize: ([least]) => ({
    ja: `${String(least)} 件以上指定してください。`,
    en: `must have at least ${String(least)} entries`,
  }),
  arrayMaxSize: ([most]) => ({
    ja: `${String(most)} 件以内で指定してください。`,
    en: `must have at most ${String(most)} entries`,
  }),
  isIn: ([values]) => {
    const allowed = ((values ?? []) as readonly string[]).join(', ');
    return { ja: `次のいずれかで指定してください: ${allowed}`, en: `must be one of ${allowed}` };
  },
};

/** Rules in the order in which a person would want to hear of them: the wrong type explains every other fault. */
const ORDER = ['whitelistValidation', 'isString', 'isInt', 'isBoolean', 'isArray', 'isObject', 'nestedValidation'];
const rank = (rule: string) => (ORDER.includes(rule) ? ORDER.indexOf(rule) : ORDER.length);

function limitsOf(error: ValidationError, rule: string): readonly unknown[] {
  const owner = error.target?.constructor;
  if (!owner) return [];
  const found = getMetadataStorage()
    .getTargetValidationMetadatas(owner, '', false, false)
    .find((metadata) => metadata.propertyName === error.property && metadata.name === rule);
  return (found?.constraints as readonly unknown[] | undefined) ?? [];
}

const escapeToken = (token: string) => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** One fault per field, with a pointer into the body. */
export function faultsOf(errors: readonly ValidationError[], at = ''): InputFault[] {
  return errors.flatMap((error) => {
    const pointer = `${at}/${escapeToken(error.property)}`;
    const [rule] = Object.keys(error.constraints ?? {}).sort((left, right) => rank(left) - rank(right));
    const wording = rule === undefined ? undefined : (WORDINGS[rule] ?? WORDINGS['matches']!)(limitsOf(error, rule));
    return [...(wording ? [{ pointer, detail: wording }] : []), ...faultsOf(error.children ?? [], pointer)];
  });
}

class Faults extends Error {
  constructor(readonly errors: ValidationError[]) {
    super('invalid input');
  }
}

const PLACES: Partial<Record<ArgumentMetadata['type'], (pointer: string) => string>> = {
  query: (pointer) => `?${pointer.slice(1)}`,
  param: (pointer) => `{${pointer.slice(1)}}`,
};

/** Checks every body, query and path DTO: only known fields, right types; otherwise a 422 problem naming each fault. */
@Injectable()
export class InputPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      stopAtFirstError: false,
      // The class is needed to tell the limits of its rules; neither it nor a value leaves this file.
      validationError: { target: true, value: false },
      transformOptions: { exposeUnsetFields: false },
      exceptionFactory: (errors) => new Faults(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'query' || metadata.type === 'param') refuseUnreadable(value);
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (!(error instanceof Faults)) throw error;
      const place = PLACES[metadata.type] ?? ((pointer: string) => pointer);
      throw Problem.invalid(
        ...faultsOf(error.errors).map(({ pointer, detail }) => ({ pointer: place(pointer), detail })),
      );
    }
  }
}
