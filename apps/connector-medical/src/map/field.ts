import type { FieldMap } from '@kenri/connector-kit';

/** One line of a map: label in Japanese and English, category, and what else is to be said. */
export const field = (
  ja: string,
  en: string,
  category: FieldMap['category'],
  more: Partial<FieldMap> = {},
): FieldMap => ({ label: { ja, en }, category, ...more });

/** When the row was written; says nothing about a person. */
export const written: Readonly<Record<string, FieldMap>> = {
  createdAt: field('登録日時', 'Registered at', 'technical'),
  updatedAt: field('更新日時', 'Updated at', 'technical', { watched: false }),
};
