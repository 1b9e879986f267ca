/** The policy's rules for the crew's check by hand. */
import { z } from 'zod';
import { confirmableVerdicts } from '../core/left-to-the-crew.ts';
import { type CrewCheckPolicy, maxCrewCards, pilotPolicy } from '../core/policy.ts';
import { section } from '../kit/yaml-file.ts';

const usual = pilotPolicy.crewCheck;
const token = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'must be a token: 16 hex digits in small letters, in quotes');
const noRepetition = (all: readonly string[]) => new Set(all).size === all.length;

export const crewCheck: z.ZodType<CrewCheckPolicy> = section({
  verdicts: z
    .array(z.enum(confirmableVerdicts))
    .refine(noRepetition, 'one of them is there twice')
    .default([...usual.verdicts]),
  windowS: z.int().min(1).max(600).default(usual.windowS),
  abnormalOlderThanMin: z.int().min(1).max(525_600).optional(),
  notFoundPays: z.enum(['at-once', 'second-tap']).default(usual.notFoundPays),
  companionS: z.int().min(0).max(600).default(usual.companionS),
  cards: z
    .array(token)
    .max(maxCrewCards)
    .refine(noRepetition, 'one of them is there twice')
    .default([...usual.cards]),
}).refine(({ notFoundPays, verdicts }) => notFoundPays === 'at-once' || verdicts.includes('not-found'), {
  path: ['notFoundPays'],
  error:
    'second-tap needs not-found among the verdicts: nobody could be confirmed, and nobody would ever pay',
});
