/** What the back office may ask of a validator. */
export const officeCommands = ['sync-now', 'diagnostics', 'restart'] as const;

export type OfficeCommand = (typeof officeCommands)[number];

/** What came of one; the text is for people. */
export interface CommandOutcome {
  readonly outcome: 'done' | 'failed';
  readonly text: string;
}
