/** Carries out one command on a bus, and tells how it ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../device/errors.ts';
import type { Bus } from '../bus/bus.ts';
import { runCommand } from '../bus/commands.ts';
import type { BusEvent } from '../bus/words.ts';

export interface Performed {
  readonly command: string;
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Undefined where it could not be carried out. */
  readonly event: BusEvent | undefined;
  readonly problem: string | undefined;
}

/** How long an answer may still be on its way: a code in the decoder, bytes that only silence ends. */
const lateMs: Readonly<Record<string, number>> = { 'no-answer': 1500, bytes: 700 };

export async function perform(bus: Bus, command: string): Promise<Performed> {
  const from = Date.now();
  try {
    const event = await runCommand(bus, command);
    const late = lateMs[event.event];
    if (late !== undefined) await sleep(late);
    return { command, from, to: Date.now(), event, problem: undefined };
  } catch (error) {
    return { command, from, to: Date.now(), event: undefined, problem: messageOf(error) };
  }
}
