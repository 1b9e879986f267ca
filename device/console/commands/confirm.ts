/** `confirm`: the crew's word on the passenger who was left to them last, and how that stands. */
import { z } from 'zod';
import type { Confirming, CrewCheck } from '../../core/crew-check.ts';
import { refusedForMs } from '../../core/crew-check.ts';
import { command } from '../command.ts';
import type { ConsoleContext } from '../context.ts';
import { milliseconds } from '../data.ts';
import { duration } from '../format.ts';
import { type Language, wordsIn } from '../language.ts';

/** What a confirmation came to; `seq` is the row of the tap that it is about. */
export const confirmation = z.object({
  outcome: z.enum(['confirmed', 'already', 'companion', 'nothing']),
  seq: z.int().nullable(),
  verdict: z.string().nullable(),
});

export const confirm = command({
  name: 'confirm',
  usage: '',
  example: 'confirm',
  help: {
    en: "as the crew's key: whoever was left to the crew last may ride",
    zh: '同司乘人员确认键：最近一位须查验的乘客可以乘车',
  },
  access: 'anyone',
  schema: confirmation.extend({ windowS: z.number() }),
  run: ({ crew, policy }) => ({
    ...confirmationOf(crew.confirm('console')),
    windowS: policy().crewCheck.windowS,
  }),
  tell(data, language) {
    const say = wordsIn(language);
    const window = say(` within ${data.windowS} s`, `，${data.windowS} 秒内有效`);
    return confirmationText(data, language) + (data.outcome === 'confirmed' ? window : '');
  },
});

export function confirmationOf(confirming: Confirming): z.infer<typeof confirmation> {
  const { outcome } = confirming;
  if (outcome === 'nothing') return { outcome, seq: null, verdict: null };
  const verdict = outcome === 'companion' ? null : confirming.tap.verdict;
  return { outcome, seq: confirming.tap.row, verdict };
}

/** What a confirmation came to, for a technician. */
export function confirmationText(
  { outcome, seq, verdict }: z.infer<typeof confirmation>,
  language: Language,
): string {
  const say = wordsIn(language);
  const tap = say(`seq ${seq} (${verdict})`, `第 ${seq} 条（${verdict}）`);
  switch (outcome) {
    case 'confirmed':
      return say(`${tap}: its medium's next tap rides`, `${tap}：该卡或码下次刷即可乘车`);
    case 'already':
      return say(`${tap} has been confirmed before`, `${tap}此前已确认`);
    case 'companion':
      return say(
        `seq ${seq}: its medium's next tap pays for a companion`,
        `第 ${seq} 条：该卡或码下次刷为同行人付费`,
      );
    case 'nothing':
      return say(
        'nobody: no passenger was left to the crew within two minutes',
        '无人可确认：两分钟内没有须查验的乘客',
      );
  }
}

/** Whom the crew may confirm, or has confirmed. */
export const crewShape = z
  .object({
    state: z.enum(['confirmed', 'may-be-confirmed']),
    seq: z.int(),
    verdict: z.string(),
    leftMs: milliseconds.nullable(),
  })
  .nullable();

/** For `status`. */
export function crewInShort({
  crew,
  policy,
  monotonic,
}: Pick<ConsoleContext, 'crew' | 'policy' | 'monotonic'>): z.infer<typeof crewShape> {
  const nowMs = monotonic();
  const { refused, confirmed }: CrewCheck = crew.state();
  const { windowS } = policy().crewCheck;
  const leftMs = confirmed === undefined ? 0 : confirmed.atMs + windowS * 1000 - nowMs;
  if (confirmed !== undefined && leftMs > 0) {
    const { row: seq, verdict } = confirmed.tap;
    return { state: 'confirmed', seq, verdict, leftMs };
  }
  if (refused === undefined || nowMs - refused.atMs > refusedForMs) return null;
  return { state: 'may-be-confirmed', seq: refused.row, verdict: refused.verdict, leftMs: null };
}

/** A line of `status`. */
export function crewLine(crew: z.infer<typeof crewShape>, language: Language): string {
  const say = wordsIn(language);
  if (crew === null) return say('nobody to confirm', '无人可确认');
  const { state, seq, verdict, leftMs } = crew;
  if (state === 'may-be-confirmed')
    return say(`seq ${seq} (${verdict}) may be confirmed`, `第 ${seq} 条（${verdict}）可以确认`);
  const left = duration(leftMs ?? 0, language);
  return say(
    `seq ${seq} confirmed, its medium rides for another ${left}`,
    `第 ${seq} 条已确认，该卡或码还可乘车 ${left}`,
  );
}
