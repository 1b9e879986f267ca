/** Checks what visitors type. */
import type { z } from 'zod';
import { withoutInvisible } from '../../../device/kit/visible.ts';
import { standardHan } from '../registration/han.ts';
import { nameSchema, phoneSchema } from '../registration/identity.ts';
import { refusal } from './answers.ts';
import type { Problem } from './session.ts';

const codePattern = /^\d{6}$/;
const maxShownLength = 60;

/** @throws a refusal (400) of a body that no form of ours sends, with fields missing or repeated */
export function readForm<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data } = schema.safeParse(body);
  if (!success) throw refusal(400);
  return data;
}

const codeMarks = /[\s\p{Pd}−._·,]/gu;
/** In a text that has more: six digits for themselves, also in two groups. */
const codeInText = /(?<![A-Za-z\p{N}+.-])(?<!\p{N}[ -])\d{3}[ -]?\d{3}(?![A-Za-z\p{N}.]|[ -]?\d)/gu;
const codeNamed = /(?:验证码|校验码|\bcode)\P{N}{0,12}(\d{3}[ -]?\d{3})(?!\d)/giu;

/** @returns the code, alone or in a whole message; undefined where there is none, or more than one could be it */
export function regularCode(text: string): string | undefined {
  const plain = withoutInvisible(text.normalize('NFKC')).replace(/[\p{Pd}−]/gu, '-');
  const code = plain.replace(codeMarks, '');
  if (codePattern.test(code) && !/^\s*-/.test(plain)) return code;
  return (
    onlyOne([...plain.matchAll(codeNamed)].map(([, it = '']) => it)) ?? onlyOne(plain.match(codeInText) ?? [])
  );
}

function onlyOne(found: readonly string[]): string | undefined {
  const codes = new Set(found.map(it => it.replace(/[ -]/g, '')));
  return codes.size === 1 ? [...codes][0] : undefined;
}

/** What is wrong with a name, and with a regular phone number. */
export function problemsOf(name: string, phone: string): Problem[] {
  const problems: Problem[] = [];
  if (!nameSchema.safeParse(name).success) problems.push({ field: 'name', says: 'name-wrong' });
  if (!phoneSchema.safeParse(phone).success) problems.push({ field: 'phone', says: 'phone-wrong' });
  return problems;
}

/** What was typed, fit to be shown again: shortened, without invisible characters and those that turn the direction of writing. */
export function shownAgain(text: string): string {
  return [...standardHan(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')].slice(0, maxShownLength).join('');
}
