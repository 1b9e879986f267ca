/** The rules of the day as data: which lines check health codes from when, how fresh the data must be, fares. */
import { beijingFares, type Fares } from './fare/fare-table.ts';
import { type ConfirmableVerdict, confirmableVerdicts } from './left-to-the-crew.ts';
import type { Phase } from './phase.ts';
import { pilotVoice } from './pilot-voice.ts';
import type { VoicePolicy } from './prompt-table.ts';

export interface Policy {
  /** Lines on which taps check health codes. */
  readonly lines: readonly string[];
  /** Passengers may link their media from here on; Unix milliseconds. */
  readonly registrationFrom: number;
  /** Verdicts are computed and journaled, the manual check still rules; Unix milliseconds. */
  readonly trialFrom: number;
  /** Verdicts count; Unix milliseconds. */
  readonly enforcedFrom: number;
  readonly freshness: {
    /** Health-code status older than this is no longer believed. */
    readonly statusMaxAgeS: number;
    /** Links (token → slot) older than this are no longer believed. */
    readonly linksMaxAgeS: number;
  };
  /** The same medium again within this time is a repeat, not a second ride. */
  readonly repeatWindowS: number;
  readonly crewCheck: CrewCheckPolicy;
  /** Whose screen says what kind a card is: a stranger beside the reader must not learn somebody's age. */
  readonly cardKindShownTo: CardKindShownTo;
  readonly fare: Fares;
  /** What is said aloud. */
  readonly voice: VoicePolicy;
}

/** What the machine leaves to the crew, and what their word is good for. */
export interface CrewCheckPolicy {
  /** What the crew may confirm when they have looked at the passenger's phone; none switches confirming off. */
  readonly verdicts: readonly ConfirmableVerdict[];
  /** A confirmed medium's next tap rides within this time. */
  readonly windowS: number;
  /** An abnormal code may be confirmed too if its status is older than this; left out, never. */
  readonly abnormalOlderThanMin?: number | undefined;
  /** Whether a passenger who is not found pays before the crew has looked, as in Beijing, or after, as in Ningbo. */
  readonly notFoundPays: 'at-once' | 'second-tap';
  /**
   * When the crew presses their key, the medium that has got on last pays for a companion too, within this time; 0 for never: then
   * its second tap is a repeat.
   */
  readonly companionS: number;
  /** Tokens of the media that confirm instead of riding, 16 hex digits each, `maxCrewCards` at most. */
  readonly cards: readonly string[];
}

/** With so many a policy stays within the size that validators read. */
export const maxCrewCards = 1000;

export type CardKindShownTo = 'crew' | 'everybody';

/** @param now Unix milliseconds */
export function phaseAt(policy: Policy, now: number): Phase {
  if (now >= policy.enforcedFrom) return 'enforced';
  if (now >= policy.trialFrom) return 'trial';
  return now >= policy.registrationFrom ? 'registration' : 'before';
}

/**
 * The pilot as the Beijing bus group announced it on 18 May 2022: ten lines, registration from 19 May, trial
 * from 23 May, enforced at the month's end.
 */
export const pilotPolicy: Policy = {
  lines: ['2', '6', '10', '14', '15', '17', '19', '20', '24', '38'],
  registrationFrom: Date.UTC(2022, 4, 18, 16),
  trialFrom: Date.UTC(2022, 4, 22, 16),
  enforcedFrom: Date.UTC(2022, 4, 31, 16),
  freshness: { statusMaxAgeS: 3600, linksMaxAgeS: 86_400 },
  repeatWindowS: 5,
  crewCheck: {
    verdicts: confirmableVerdicts,
    windowS: 30,
    notFoundPays: 'at-once',
    companionS: 0,
    cards: [],
  },
  cardKindShownTo: 'crew',
  fare: beijingFares,
  voice: pilotVoice,
};
