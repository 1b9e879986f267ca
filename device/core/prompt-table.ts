/** The policy's table of what is said aloud: when, to whom, how often and how loud. */
import type { PresentedAs } from './medium.ts';
import type { Phase } from './phase.ts';
import type { Audience } from './screen.ts';

/** A verdict, or a notice without one: a card that left too soon, a ride that could not be journaled, a passenger confirmed. */
export const occasionNames = [
  'pass',
  'abnormal',
  'not-found',
  'cannot-verify',
  'not-checked',
  'checked-by-hand',
  'invalid',
  'repeat',
  'alighted',
  'present-again',
  'out-of-service',
  'confirmed',
] as const;
export type OccasionName = (typeof occasionNames)[number];

export interface Occasion {
  readonly name: OccasionName;
  /** The verdict's reason, or the status of an abnormal one. */
  readonly reason?: string;
  readonly phase?: Phase;
  readonly medium: PresentedAs;
}

/** From this time of Beijing's day on, as `06:30`, to the next step's; the last one holds past midnight. */
export interface VolumeStep {
  readonly from: string;
  readonly percent: number;
}

/** One row of the table. What is left out may be anything. */
export interface VoiceRow {
  readonly occasion: OccasionName;
  readonly reason?: string | undefined;
  readonly phase?: Phase | undefined;
  readonly medium?: Occasion['medium'] | undefined;
  readonly audience: Audience;
  /** Left out, nothing is said. */
  readonly prompt?: string | undefined;
  readonly repeat: number;
  /** Instead of the table's. */
  readonly volume?: readonly VolumeStep[] | undefined;
}

export interface VoicePolicy {
  /** In the order of the day, at least one step. */
  readonly volume: readonly VolumeStep[];
  /** The first row that fits counts, for each audience. */
  readonly prompts: readonly VoiceRow[];
}
