/** Instants and ages in the data that commands answer with. */
import { z } from 'zod';
import { beijingTime } from '../core/beijing-time.ts';
import { duration } from './format.ts';
import { type Language, wordsIn } from './language.ts';

/** ISO 8601, UTC; null where it is not known. */
export const instant = z.iso.datetime().nullable();
export const milliseconds = z.number();
export const count = z.int().min(0);

/** @param at Unix milliseconds */
export function instantOf(at: number | undefined): string | null {
  const time = new Date(at ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** As the crew's watches show it. */
export function timeText(at: string | null): string {
  return beijingTime(Date.parse(at ?? ''));
}

/** For how long something has been so, and since when. */
export const lasting = z.object({ since: instant, forMs: milliseconds });
export type Lasting = z.infer<typeof lasting>;

interface Clocks {
  readonly clock: () => number;
  readonly monotonic: () => number;
}

/** @param since on the monotonic clock */
export function lastingSince(since: number, { clock, monotonic }: Clocks): Lasting {
  const forMs = monotonic() - since;
  return { since: instantOf(clock() - forMs), forMs };
}

/** What is wrong, and since when; null for nothing. */
export const problemShape = lasting.extend({ text: z.string() }).nullable();

/** @param problem undefined for none; its `since` is on the monotonic clock */
export function problemOf(
  problem: { readonly text: string; readonly since: number } | undefined,
  clocks: Clocks,
): z.infer<typeof problemShape> {
  return problem === undefined ? null : { text: problem.text, ...lastingSince(problem.since, clocks) };
}

export function problemText(
  { text, since, forMs }: Lasting & { readonly text: string },
  language: Language,
): string {
  const age = duration(forMs, language);
  return wordsIn(language)(
    `FAILS for ${age}: ${text} (since ${timeText(since)})`,
    `失败已 ${age}：${text}（自 ${timeText(since)}）`,
  );
}

/** @returns `for 3 s, since 2022-05-23 07:00:00 +08:00` */
export function lastingText({ since, forMs }: Lasting, language: Language): string {
  return language === 'zh'
    ? `已持续 ${duration(forMs, 'zh')}，自 ${timeText(since)}`
    : `for ${duration(forMs)}, since ${timeText(since)}`;
}
