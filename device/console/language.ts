/** The two languages of the console: what a technician reads is said in each. */

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** One text in every language. */
export type Texts = Readonly<Record<Language, string>>;

export type Words = (en: string, zh: string) => string;

/** @returns chooses, of a text in English and in Chinese, the one to say */
export function wordsIn(language: Language): Words {
  return (en, zh) => (language === 'zh' ? zh : en);
}
