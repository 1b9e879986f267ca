/** What visitors type, made regular and checked; full-width digits, spaces and +86 are taken for what they mean. */
import type { z } from 'zod';
import { refusal } from './refusal.ts';
import type { Problem } from './session.ts';

/** Letters of any script and the signs that stand in names: 阿依古丽·买买提, O'Neil, Müller-Lüdenscheidt. */
const namePattern = /^[\p{L}\p{M}][\p{L}\p{M} .·•・'’-]{1,49}$/u;
const phonePattern = /^1[3-9]\d{9}$/;
const codePattern = /^\d{6}$/;
const maxShownLength = 60;

/** @throws a refusal (400) of what no form of ours sends: fields missing, or twice */
export function readForm<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data } = schema.safeParse(body);
  if (!success) throw refusal(400);
  return data;
}

export function regularName(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/gu, ' ');
}

export function regularPhone(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s-]/gu, '')
    .replace(/^\+?86(?=1\d{10}$)/, '');
}

/** @returns undefined for what cannot be a code */
export function regularCode(text: string): string | undefined {
  const code = text.normalize('NFKC').replace(/\s/gu, '');
  return codePattern.test(code) ? code : undefined;
}

/** What is wrong with a regular name and phone. */
export function problemsOf(name: string, phone: string): Problem[] {
  const problems: Problem[] = [];
  if (!namePattern.test(name)) problems.push({ field: 'name', says: 'name-wrong' });
  if (!phonePattern.test(phone)) problems.push({ field: 'phone', says: 'phone-wrong' });
  return problems;
}

/** What was typed, as it may be shown again: without what is invisible or turns the writing round, and not at any length. */
export function shownAgain(text: string): string {
  return [...text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')].slice(0, maxShownLength).join('');
}

export function maskedPhone(phone: string): string {
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}
