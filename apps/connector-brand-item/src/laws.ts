/** The laws this store's periods rest on, as cited to people. Counsel may change periods here without touching code. */
export const ANTIQUES = { ja: '古物営業法（昭和24年法律第108号）', en: 'Secondhand Articles Dealer Act' };
export const CRIMINAL_PROCEEDS = {
  ja: '犯罪による収益の移転防止に関する法律（平成19年法律第22号）',
  en: 'Act on Prevention of Transfer of Criminal Proceeds',
};
export const CORPORATION_TAX = {
  ja: '法人税法施行規則（昭和40年大蔵省令第12号）',
  en: 'Corporation Tax Act Enforcement Regulations',
};
export const PERSONAL_INFORMATION = {
  ja: '個人情報の保護に関する法律（平成15年法律第57号）',
  en: 'Act on the Protection of Personal Information',
};
export const LITIGATION = { ja: '民事訴訟法（平成8年法律第109号）', en: 'Code of Civil Procedure' };
