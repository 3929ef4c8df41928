/** The laws this store's periods rest on, as cited to people. Counsel may change periods without touching code. */
export const DEVICES = {
  ja: '医薬品、医療機器等の品質、有効性及び安全性の確保等に関する法律施行規則（昭和36年厚生省令第1号）',
  en: 'Pharmaceuticals and Medical Devices Act Enforcement Regulations',
};
export const LITIGATION = { ja: '民事訴訟法（平成8年法律第109号）', en: 'Code of Civil Procedure' };
