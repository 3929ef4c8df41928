import { foldVariantCharacters } from './characters.js';
import { isPlaceholder, readText } from './text.js';

const LEGAL_FORM =
  /(?:株式会社|有限会社|合同会社|合資会社|合名会社|相互会社|(?:一般|公益|特定非営利活動|特例)?(?:社団|財団|医療|社会福祉|学校|宗教|独立行政|国立大学|農事組合|NPO)?法人(?:社団|財団)?|農業協同組合|\((?:株|有|合|同|名|資|医|社|財|学|福|独|農)\)|[(]?(?:k\.?k\.?|co\.?,?\s?ltd\.?|inc\.?|ltd\.?|llc|g\.?k\.?)[)]?)/gi;

/** A company or facility name as it is compared: without its legal form, spaces, dots and case. Null when absent. */
export function normaliseOrganisation(raw: unknown): string | null {
  const read = readText(raw);
  if (read.kind !== 'text') return null;
  const name = foldVariantCharacters(read.text)
    .replace(LEGAL_FORM, '')
    .replace(/[\s・･.,\-'&()「」]/g, '')
    .toLowerCase();
  return name === '' || isPlaceholder(name) ? null : name;
}

/** Words that only a company, shop or facility carries. */
const ORGANISATION_WORD =
  /株式会社|有限会社|合同会社|合資会社|合名会社|法人|\((?:株|有|合|同|医|社|財)\)|病院|医院|クリニック|診療所|薬局|歯科|整形外科|内科|眼科|センター|商店|商会|農園|園芸|生花|花店|花壇|フラワー|フローリスト|モータース|自動車|オート|モーター|バイク|サイクル|販売|工業|産業|興業|支店|営業所|本店|事業所|事務所|組合|協会|大学|研究所|工場|ホールディングス|グループ|ショップ|ガーデン|ファーム|company|corporation|(?:^|\s)(?:inc|ltd|llc|co)\b/i;

/** True when the word names an organisation rather than a person. */
export function isOrganisationWord(word: string): boolean {
  return ORGANISATION_WORD.test(word);
}

// Where a facility runs straight into a name: everything up to the last of these is the facility.
const GLUED =
  /^(?:.*(?:株式会社|有限会社|合同会社|\((?:株|有)\))\S*\s|.*(?:病院|医院|クリニック|診療所|薬局|センター|商店|商会|農園|生花店|花店|モータース|自動車|販売|支店|営業所|本店|事業所|事務所|組合)|(?:医療|社会福祉|学校)法人(?:社団|財団)?\S{1,8}?会)(?=.{3,})/;

/** The length of a facility name in front of an unspaced name, or 0. */
export function gluedOrganisationLength(text: string): number {
  return GLUED.exec(text)?.[0].length ?? 0;
}
