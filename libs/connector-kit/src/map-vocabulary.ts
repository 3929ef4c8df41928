import type { Bilingual } from '@kenri/contracts';
import type { FieldMap } from './data-map.js';

/** One line of a map: label in Japanese and English, category, and what else is to be said. */
export const field = (
  ja: string,
  en: string,
  category: FieldMap['category'],
  more: Partial<FieldMap> = {},
): FieldMap => ({ label: { ja, en }, category, ...more });

/** When a row was written; says nothing about a person. */
export const written: Readonly<Record<string, FieldMap>> = {
  createdAt: field('登録日時', 'Registered at', 'technical'),
  updatedAt: field('更新日時', 'Updated at', 'technical', { watched: false }),
};

/** The laws that periods and holds rest on, as cited to people; a map may cite others. Periods and articles are the map's. */
export const LAWS = {
  antiques: { ja: '古物営業法（昭和24年法律第108号）', en: 'Secondhand Articles Dealer Act' },
  criminalProceeds: {
    ja: '犯罪による収益の移転防止に関する法律（平成19年法律第22号）',
    en: 'Act on Prevention of Transfer of Criminal Proceeds',
  },
  corporationTax: {
    ja: '法人税法施行規則（昭和40年大蔵省令第12号）',
    en: 'Corporation Tax Act Enforcement Regulations',
  },
  companies: { ja: '会社法（平成17年法律第86号）', en: 'Companies Act' },
  medicalDevices: {
    ja: '医薬品、医療機器等の品質、有効性及び安全性の確保等に関する法律施行規則（昭和36年厚生省令第1号）',
    en: 'Pharmaceuticals and Medical Devices Act Enforcement Regulations',
  },
  personalInformation: {
    ja: '個人情報の保護に関する法律（平成15年法律第57号）',
    en: 'Act on the Protection of Personal Information',
  },
  civilProcedure: { ja: '民事訴訟法（平成8年法律第109号）', en: 'Code of Civil Procedure' },
} as const satisfies Record<string, Bilingual>;
