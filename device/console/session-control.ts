/** What the commands about the session itself may change of it. */
import type { Language } from './language.ts';
import type { Passage } from './terminal/terminal.ts';

/** Where no PIN is set, nobody can be told from anybody. */
export type Who = 'anyone' | 'technician' | 'open';
export type PinTrial = 'right' | 'wrong' | 'given-up';

export interface SessionControl {
  language: Language;
  /** A script gets one JSON line for each command. */
  mode: 'terminal' | 'script';
  /** How many rows the terminal has: a longer answer comes by pages; off for all at once. */
  page: number | 'off';
  /** Undefined where the terminal has not told. */
  rows(): number | undefined;
  who(): Who;
  loggedIn(): void;
  loggedOut(): void;
  triedPin(outcome: PinTrial): void;
  /** The wire without anything between, for a file transfer; nothing else is said on it until it is released. */
  passage(heard: (bytes: Buffer) => void): Passage;
  transferred(fields: Readonly<Record<string, unknown>>): void;
}
