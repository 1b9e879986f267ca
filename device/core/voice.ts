/** What is said aloud with a notice: the row of the policy's table that counts. */
import { beijingMinute } from './beijing-time.ts';
import type { Decision, Verdict } from './check.ts';
import type { Prompt } from './prompt.ts';
import type { Occasion, VoicePolicy, VoiceRow, VolumeStep } from './prompt-table.ts';
import { type Audience, audiences } from './screen.ts';

/** What each audience hears; nothing if left out. */
export type Voice = Partial<Readonly<Record<Audience, Prompt>>>;

/** @param now Unix milliseconds; where that is no time, prompts are as loud as they ever are */
export function voiceFor(occasion: Occasion, { prompts, volume }: VoicePolicy, now: number): Voice {
  const said = audiences.flatMap(audience => {
    const row = prompts.find(each => each.audience === audience && fits(each, occasion));
    if (row?.prompt === undefined) return [];
    const volumePercent = volumeAt(row.volume ?? volume, now);
    return [[audience, { id: row.prompt, times: row.repeat, volumePercent }] as const];
  });
  return Object.fromEntries(said);
}

/** Which prompts a speaker for this audience may be asked for. */
export function promptsOf({ prompts }: VoicePolicy, audience: Audience): string[] {
  const named = prompts.filter(row => row.audience === audience).map(({ prompt }) => prompt);
  return [...new Set(named)].filter(prompt => prompt !== undefined);
}

export function occasionOf({ verdict, phase }: Decision, medium: Occasion['medium']): Occasion {
  const reason = reasonOf(verdict);
  return { name: verdict.verdict, phase, medium, ...(reason !== undefined && { reason }) };
}

function reasonOf(verdict: Verdict): string | undefined {
  if (verdict.verdict === 'abnormal') return verdict.status;
  return 'reason' in verdict ? verdict.reason : undefined;
}

function fits(row: VoiceRow, occasion: Occasion): boolean {
  return (
    row.occasion === occasion.name &&
    (row.reason ?? occasion.reason) === occasion.reason &&
    (row.phase ?? occasion.phase) === occasion.phase &&
    (row.medium ?? occasion.medium) === occasion.medium
  );
}

function volumeAt(steps: readonly VolumeStep[], now: number): number {
  const minute = beijingMinute(now);
  if (minute === '') return Math.max(...steps.map(({ percent }) => percent));
  const step = steps.findLast(({ from }) => from <= minute) ?? steps.at(-1);
  return step?.percent ?? 0;
}
