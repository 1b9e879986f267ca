/** What visitors type, checked. */
import type { z } from 'zod';
import { nameSchema, phoneSchema } from '../registration/identity.ts';
import { refusal } from './refusal.ts';
import type { Problem } from './session.ts';

const codePattern = /^\d{6}$/;
const maxShownLength = 60;

/** @throws a refusal (400) of what no form of ours sends: fields missing, or twice */
export function readForm<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data } = schema.safeParse(body);
  if (!success) throw refusal(400);
  return data;
}

/** @returns undefined for what cannot be a code */
export function regularCode(text: string): string | undefined {
  const code = text.normalize('NFKC').replace(/\s/gu, '');
  return codePattern.test(code) ? code : undefined;
}

/** What is wrong with a name, and with a regular phone number. */
export function problemsOf(name: string, phone: string): Problem[] {
  const problems: Problem[] = [];
  if (!nameSchema.safeParse(name).success) problems.push({ field: 'name', says: 'name-wrong' });
  if (!phoneSchema.safeParse(phone).success) problems.push({ field: 'phone', says: 'phone-wrong' });
  return problems;
}

/** What was typed, as it may be shown again: without what is invisible or turns the writing round, and not at any length. */
export function shownAgain(text: string): string {
  return [...text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')].slice(0, maxShownLength).join('');
}
