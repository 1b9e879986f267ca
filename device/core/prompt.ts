/** What a speaker is asked to say. */

/** Names a recording: the file's name without `.wav`, or what a module's track is called in the settings. */
export type PromptId = string;

export interface Prompt {
  readonly id: PromptId;
  /** How often it is heard, 1 to 3 times. */
  readonly times: number;
  /** 0 to 100: of the loudest that the speaker can. */
  readonly volumePercent: number;
}
