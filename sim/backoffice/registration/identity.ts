/** Names and phone numbers as visitors and tables give them: checked, made comparable, masked. */
import { z } from 'zod';

/** A mainland mobile number. */
export const phoneSchema = z.string().regex(/^1[3-9]\d{9}$/, 'must be a mainland mobile number, 11 digits');

const maxNameLength = 50;
/** Letters of any script (〇 is a number to Unicode), and what stands between them: 阿依古丽·买买提, O'Neil, Lévi-Strauss. */
const namePattern = /^[\p{L}〇][\p{L}\p{M}〇 .·'-]*$/u;
/** All of them are typed for the dot between the parts of a name. */
const middleDots = /[•・‧∙⋅●]|(?<=\p{L})\.(?=\p{L})/gu;

/** @returns it as it is compared: NFKC, single spaces, one middle dot, Latin letters regardless of case */
export function comparableName(text: string): string {
  const regular = text.normalize('NFKC').replace(middleDots, '·').replace(/’/g, "'");
  return regular.trim().replace(/\s+/gu, ' ').replace(/ ?· ?/g, '·').toLowerCase();
}

/** @returns it without what people write into it: full-width digits, spaces, hyphens, +86 */
export function regularPhone(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s-]/gu, '')
    .replace(/^\+?86(?=1\d{10}$)/, '');
}

/** What a visitor calls somebody: what is no name is nobody's. Gives the comparable one. */
export const claimedNameSchema = z
  .string()
  .min(1)
  .max(4 * maxNameLength)
  .transform(comparableName);

/** Checks a name, and gives the comparable one. */
export const nameSchema = z
  .string()
  .max(4 * maxNameLength)
  .transform(comparableName)
  .pipe(
    z.string().min(1).max(maxNameLength).regex(namePattern, 'must be a name: letters, spaces, a middle dot'),
  );

/** The first letter stays: 王*, m*****. */
export function maskedName(name: string): string {
  const letters = [...name];
  return letters.map((letter, i) => (i === 0 ? letter : '*')).join('');
}

export function maskedPhone(phone: string): string {
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}

/** The last four digits, in groups of four: `**** **** 4821`. */
export function maskedAccount(account: string): string {
  const shown = account.slice(-4);
  return `**** **** ${shown}`;
}
