/** What one display shows, lights and sounds at one moment; screen texts are Chinese with English beneath. */

/** For whom a display or a speaker is. */
export const audiences = ['passenger', 'crew'] as const;
export type Audience = (typeof audiences)[number];

export interface Text {
  readonly zh: string;
  readonly en: string;
}

export type Light = 'off' | 'green' | 'amber' | 'red';
/** `one`, `two`, `three` are counts of a short beep; `short` is one clipped beep, `long` one drawn-out beep. */
export type Tone = 'none' | 'one' | 'two' | 'three' | 'short' | 'long';

/** One full screen of a display. */
export interface Screen {
  readonly light: Light;
  readonly tone: Tone;
  readonly headline: Text;
  readonly details: readonly Text[];
}

/** The same moment for both: the passenger is never shamed, the crew sees why. */
export interface Notice {
  readonly passenger: Screen;
  readonly crew: Screen;
}
