/** The laws this store's periods rest on, as cited to people. Counsel may change periods without touching code. */
export const CORPORATION_TAX = {
  ja: '法人税法施行規則（昭和40年大蔵省令第12号）',
  en: 'Corporation Tax Act Enforcement Regulations',
};
export const COMPANIES = { ja: '会社法（平成17年法律第86号）', en: 'Companies Act' };
export const LITIGATION = { ja: '民事訴訟法（平成8年法律第109号）', en: 'Code of Civil Procedure' };
