/** Checks names and phone numbers that visitors and tables give, makes them comparable, and masks them. */
import { z } from 'zod';
import { withoutInvisible } from '../../../device/kit/visible.ts';
import { standardHan } from './han.ts';

/** A mainland mobile number. */
export const phoneSchema = z.string().regex(/^1[3-9]\d{9}$/, 'must be a mainland mobile number, 11 digits');

const maxNameLength = 50;
/** Letters of any script (〇 is a number in Unicode), and the signs between them: 阿依古丽·买买提, O'Neil, Lévi-Strauss, བཀྲ་ཤིས. */
const namePattern = /^[\p{L}〇][\p{L}\p{M}〇 .·'་-]*$/u;
const usualName = /^[\u4e00-\u9fa5]+$/u;

/** What people and phones write for the dot between the parts of a name; some before NFKC, which would make a space of them. */
const middleDots = /[•・‧∙⋅●·᛫◦∘⚫⬤⸰⸱⸳ꞏᐧ˙ㆍᆞ･\u0387\u{10101}\uf0b7]/gu;
const apostrophes = /[’‘‛ʼʻʽʾʿʹʽˈˊˋ′‵´`＇｀՚ꞌߴߵ׳᾽᾿]/gu;
const dashes = /[\p{Pd}−]/gu;
/** A zero that stands for 〇: in Unicode they are shapes. */
const circles = /[○◯⚪]/gu;
/** Marks that are neither dots nor apostrophes of their own: between Han characters they can only be the dot. */
const dotBetweenHan = /(?<=[\p{Script=Han}])\s*[.。｡་-]\s*(?=[\p{Script=Han}])/gu;
const dotBetweenLetters = /(?<=\p{L})\.(?=\p{L})/gu;
const spaceBetweenHan = /(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu;
/** Arabic letters are drawn longer by it, Tibetan names end with it or without. */
const ornaments = /\u0640|[་།\s]+$/gu;

/** How often a change can make room for another one: a name settles long before. */
const maxRounds = 8;

/**
 * @returns the form in which names are compared, which is what one sees of them: NFKC, today's numbers of Han characters, nothing
 *   invisible, single spaces and none between Han characters, one kind of middle dot, apostrophe and dash, lower case
 */
export function comparableName(text: string): string {
  if (usualName.test(text)) return text;
  let name = text;
  for (let round = 0; round < maxRounds; round++) {
    const next = regularName(name);
    if (next === name) break;
    name = next;
  }
  return name;
}

function regularName(text: string): string {
  const marked = standardHan(text).replace(middleDots, '·').replace(apostrophes, "'").replace(circles, '〇');
  return withoutInvisible(marked)
    .normalize('NFKC')
    .replace(dashes, '-')
    .replace(dotBetweenHan, '·')
    .replace(dotBetweenLetters, '·')
    .trim()
    .replace(ornaments, '')
    .replace(/\s+/gu, ' ')
    .replace(spaceBetweenHan, '')
    .replace(/ ?·[ ·]*/g, '·')
    .toLowerCase()
    .normalize('NFKC');
}

const phoneWords = /^(?:tel|phone|mobile|手机号?码?|电话(?:号码)?)[:.]?/i;
const phoneMarks = /[\s\p{Pd}−.,;、。·•‧・()[\]/_']/gu;

/** @returns the number without full-width digits, spaces, dots, dashes, brackets, `tel:` and +86, 0086 or a 0 before it */
export function regularPhone(text: string): string {
  return withoutInvisible(text.normalize('NFKC'))
    .trim()
    .replace(phoneWords, '')
    .replace(phoneMarks, '')
    .replace(/^(?:(?:\+|00)?86)?0?(?=1\d{10}$)/, '');
}

/** A name that a visitor claims, made comparable. It need not be a possible name: such a name belongs to nobody. */
export const claimedNameSchema = z
  .string()
  .min(1)
  .max(4 * maxNameLength)
  .transform(comparableName);

/** Checks a name, and makes it comparable. */
export const nameSchema = z
  .string()
  .max(4 * maxNameLength)
  .transform(comparableName)
  .pipe(
    z.string().min(1).max(maxNameLength).regex(namePattern, 'must be a name: letters, spaces, a middle dot'),
  );

/** Shows the first letter: 王*, m*****. */
export function maskedName(name: string): string {
  const letters = [...name];
  return letters.map((letter, i) => (i === 0 ? letter : '*')).join('');
}

export function maskedPhone(phone: string): string {
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}

/** Shows the last four digits: `**** **** 4821`. */
export function maskedAccount(account: string): string {
  const shown = account.slice(-4);
  return `**** **** ${shown}`;
}
