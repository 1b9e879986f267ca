/** The policy's table of what is said aloud. */
import { z } from 'zod';
import { presentable } from '../core/medium.ts';
import { covers, misfitOf, reasonsOf } from '../core/occasion-reasons.ts';
import { phases } from '../core/phase.ts';
import { pilotVoice } from '../core/pilot-voice.ts';
import { occasionNames, type VoicePolicy, type VoiceRow, type VolumeStep } from '../core/prompt-table.ts';
import { section } from '../kit/yaml-file.ts';
import { audience, promptId } from './values.ts';

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day such as "06:30", in quotes');

const volumeStep = section({ from: timeOfDay, percent: z.int().min(0).max(100) });

const volume: z.ZodType<readonly VolumeStep[]> = z
  .array(volumeStep)
  .min(1)
  .max(24)
  .refine(steps => steps.every(({ from }, i) => from > (steps[i - 1]?.from ?? '')), {
    error: 'its steps must be in the order of the day',
  });

const row: z.ZodType<VoiceRow> = section({
  occasion: z.enum(occasionNames),
  reason: z.string().optional(),
  phase: z.enum(phases).optional(),
  medium: z.enum(presentable).optional(),
  audience,
  prompt: promptId.optional(),
  repeat: z.int().min(1).max(3).default(1),
  volume: volume.optional(),
}).superRefine((asked, context) => {
  const { occasion, reason } = asked;
  const known: readonly string[] = reasonsOf[occasion];
  if (reason !== undefined && !known.includes(reason)) {
    const which = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    context.addIssue({
      code: 'custom',
      path: ['reason'],
      message: `is no reason of ${occasion}: ${which}`,
    });
    return;
  }
  const misfit = misfitOf(asked);
  if (misfit === undefined) return;
  const { key, possible } = misfit;
  const which = possible.length === 0 ? `it has no ${key}` : `its ${key} is ${possible.join(' or ')}`;
  context.addIssue({
    code: 'custom',
    path: [key],
    message: `never fits ${[occasion, reason].filter(Boolean).join(', ')}: ${which}`,
  });
});

/** A row that never counts was meant to stand further up. */
const rows: z.ZodType<readonly VoiceRow[]> = z
  .array(row)
  .max(200)
  .superRefine((all, context) => {
    for (const [index, each] of all.entries()) {
      const earlier = all.slice(0, index).findIndex(other => covers(other, each));
      if (earlier < 0) continue;
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `never counts: prompts[${earlier}] before it fits whenever it does`,
      });
    }
  });

const table: z.ZodType<VoicePolicy> = section({
  volume: volume.default(pilotVoice.volume),
  prompts: rows.default(pilotVoice.prompts),
});

export const voice = table.default(pilotVoice);
