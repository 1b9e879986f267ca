/** What the console's commands may look at. */
import type { ValidatorClock } from '../clock.ts';
import type { Policy } from '../core/policy.ts';
import type { FeedState } from '../feed-watch.ts';
import type { JournalGuard } from '../journal-guard.ts';
import type { Parts } from '../parts.ts';
import type { Clock, LinkStore } from '../ports.ts';
import type { Config } from '../settings/config.ts';
import type { Validator } from '../validator.ts';
import type { Whereabouts } from '../whereabouts.ts';

export interface ConsoleContext {
  readonly version: string;
  readonly startedAt: number;
  readonly config: Config;
  /** The one in force. */
  readonly policy: () => Policy;
  readonly parts: Parts;
  readonly links: LinkStore;
  /** Undefined where none is configured. */
  readonly feed: { state(): FeedState; syncNow(): void } | undefined;
  readonly journal: JournalGuard;
  readonly validator: Validator;
  /** Nowhere, where no GNSS receiver is configured. */
  readonly whereabouts: Whereabouts;
  /** Which SM2 implementation passed its self-test. */
  readonly sm2Engine: string;
  readonly clock: Clock;
  readonly time: Pick<ValidatorClock, 'now' | 'state'>;
}

/** One command a technician can type. */
export interface Command {
  readonly name: string;
  /** What follows the name, for `help`; empty when nothing does. */
  readonly usage: string;
  readonly help: string;
  /**
   * @param signal aborted when the technician presses Ctrl-C or the line goes
   * @returns the answer, lines ended by \n
   */
  run(
    context: ConsoleContext,
    args: readonly string[],
    say: Say,
    signal: AbortSignal,
  ): string | Promise<string>;
}

/** Writes a line before the command has ended. */
export type Say = (line: string) => void;
