/**
 * What a console command is. Its answer is data first and text second: a technician reads the text in their language, a
 * script gets the data as one JSON line, as its schema says.
 */
import type { z } from 'zod';
import type { ConsoleContext } from './context.ts';
import type { Language, Texts } from './language.ts';
import type { SessionControl } from './session-control.ts';

export interface Command<Data = unknown> {
  readonly name: string;
  /** What follows the name, for `help`; empty when nothing does. */
  readonly usage: string;
  /** A line that can be typed as it is. */
  readonly example: string;
  readonly help: Texts;
  /** Who may have it run, where a PIN is set: anyone, or a technician who has logged in. */
  readonly access: 'anyone' | 'technician';
  /** The shape of the data; it becomes JSON Schema in docs/formats/console/. */
  readonly schema: z.ZodType<Data>;
  /** What may follow the name, for the Tab key. */
  words?(context: ConsoleContext): readonly string[];
  /**
   * @param signal aborted when the technician presses Ctrl-C or the line goes
   * @returns the data, or why there is none. @throws Error for what nobody expected: the console says that it failed
   */
  run(
    context: ConsoleContext,
    args: readonly string[],
    dialogue: Dialogue,
    signal: AbortSignal,
  ): Answer<Data> | Promise<Answer<Data>>;
  /** @returns the data for a technician's eyes, lines ended by \n */
  tell(data: Data, language: Language): string;
}

export type Answer<Data> = Data | Refusal;

export const refusalCodes = [
  'usage',
  'unknown-command',
  'login-needed',
  'not-configured',
  'unavailable',
  'not-confirmed',
  'timeout',
  'aborted',
  'too-much',
  'failed',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** Why a command has not done what it was asked: an answer, no fault. */
export class Refusal {
  readonly code: RefusalCode;
  readonly message: Texts;

  constructor(code: RefusalCode, en: string, zh: string) {
    this.code = code;
    this.message = { en, zh };
  }
}

/** What a command may say and ask before it has ended. A script hears and answers nothing. */
export interface Dialogue {
  say(en: string, zh: string): void;
  /**
   * @param hidden the answer is not echoed
   * @returns the line typed; undefined where nobody can be asked, on Ctrl-C, and when the line goes
   */
  ask(question: Texts, hidden?: 'hidden'): Promise<string | undefined>;
  /** The session it is asked in; none where the back office asks. */
  readonly session?: SessionControl;
}

/** Gives a command the type of its schema. */
export function command<Data>(given: Command<Data>): Command<Data> {
  return given;
}
