/**
 * What is said aloud unless the policy says otherwise.
 *
 * As Beijing's validators spoke in June 2022: 滴 for a card, 滴，刷码成功 for a code, and after it what is wrong. But nobody's
 * health code is spoken of before other passengers: they hear 请联系司乘人员, and the crew hears the full words. During the trial the
 * automatic result decides nothing, so passengers all hear the same. No word tells an age or a disability: free and reduced
 * fares sound as all others do.
 */
import { leftToTheCrew } from './left-to-the-crew.ts';
import type { OccasionName, VoicePolicy, VoiceRow } from './prompt-table.ts';
import type { Audience } from './screen.ts';

type Condition = Partial<Pick<VoiceRow, 'reason' | 'phase' | 'medium'>>;

const trial = { phase: 'trial' } as const;
const card = { medium: 'card' } as const;
const code = { medium: 'code' } as const;

function row(
  audience: Audience,
  occasion: OccasionName,
  prompt: string,
  condition: Condition = {},
): VoiceRow {
  return { occasion, ...condition, audience, prompt, repeat: 1 };
}

function passenger(occasion: OccasionName, prompt: string, condition?: Condition): VoiceRow {
  return row('passenger', occasion, prompt, condition);
}

function crew(occasion: OccasionName, prompt: string, condition?: Condition): VoiceRow {
  return row('crew', occasion, prompt, condition);
}

const refused: readonly VoiceRow[] = [
  passenger('invalid', 'balance', { reason: 'insufficient-balance' }),
  passenger('invalid', 'again', { reason: 'unreadable' }),
  passenger('invalid', 'card-expired', { reason: 'expired', ...card }),
  passenger('invalid', 'refresh-code', { reason: 'expired', ...code }),
  passenger('invalid', 'refresh-code', { reason: 'used' }),
  passenger('invalid', 'one-code', { reason: 'several-codes' }),
  passenger('invalid', 'use-card', { reason: 'time-unknown' }),
  passenger('invalid', 'invalid-card', card),
  passenger('invalid', 'invalid-code', code),
];

export const pilotVoice: VoicePolicy = {
  volume: [
    { from: '06:00', percent: 90 },
    { from: '22:00', percent: 60 },
  ],
  prompts: [
    ...(['pass', 'not-checked', 'checked-by-hand', 'alighted'] as const).flatMap(occasion => [
      passenger(occasion, 'di', card),
      passenger(occasion, 'code-ok', code),
    ]),
    ...leftToTheCrew.flatMap(occasion => [
      passenger(occasion, 'show-health-kit', { ...trial, ...card }),
      passenger(occasion, 'code-ok-show-health-kit', { ...trial, ...code }),
    ]),
    passenger('abnormal', 'see-crew'),
    passenger('not-found', 'not-found', card),
    passenger('not-found', 'code-ok-not-found', code),
    passenger('cannot-verify', 'cannot-verify', card),
    passenger('cannot-verify', 'code-ok-cannot-verify', code),
    ...refused,
    passenger('repeat', 'repeat-card', card),
    passenger('repeat', 'repeat-code', code),
    passenger('present-again', 'again'),
    passenger('out-of-service', 'out-of-service'),
    ...leftToTheCrew.map(occasion => crew(occasion, 'crew-trial', trial)),
    { ...crew('abnormal', 'crew-abnormal'), repeat: 2 },
    crew('not-found', 'crew-not-found'),
    crew('cannot-verify', 'crew-cannot-verify'),
    crew('out-of-service', 'crew-out-of-service'),
    // At the end, so that the tracks before them keep their numbers.
    passenger('confirmed', 'tap-again', card),
    passenger('confirmed', 'scan-again', code),
  ],
};

/** The numbers of the recordings on a module's memory card: in the order of the table. */
export const pilotTracks: Readonly<Record<string, number>> = Object.fromEntries(
  [...new Set(pilotVoice.prompts.map(({ prompt }) => prompt))].map((prompt, i) => [prompt, i + 1]),
);
