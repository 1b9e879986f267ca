/** Carries out one command on a bus, tells how it ended, and whether it could end so. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../device/kit/errors.ts';
import type { Bus } from '../bus/bus.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import { runCommand } from '../bus/commands/commands.ts';
import type { Disagreement } from './disagreement.ts';
import type { World } from './oracle-world.ts';

export interface Performed {
  readonly command: string;
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Undefined where it could not be carried out. */
  readonly event: BusEvent | undefined;
  readonly problem: string | undefined;
}

/** An answer may still be on its way for so long: a code in the decoder, bytes that only silence ends. */
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

/**
 * Judges a command that presents nothing.
 * @param isUp whether its validator has been up since the command began
 */
export function faultOfCommand(performed: Performed, isUp: boolean, world: World): Disagreement | undefined {
  const { command, event, problem } = performed;
  const [name] = command.split(' ');
  if (name === 'console' && isUp && !event?.text) {
    return { kind: 'console', expected: 'an answer', got: problem ?? 'nothing', command };
  }
  if (problem === undefined) return undefined;
  const needsValidator = name === 'console' || name === 'bytes';
  // A validator that has lost its data knows no stops.
  if (name === 'stop') return undefined;
  const mayFail = needsValidator ? !isUp : isRefusalDue(performed, world);
  return mayFail ? undefined : { kind: 'command', expected: 'it can be carried out', got: problem, command };
}

/** The site may say that it is not open yet, or that there is nothing to take back. */
function isRefusalDue({ command, from, problem = '' }: Performed, world: World): boolean {
  const [name, who = ''] = command.split(' ');
  if (name !== 'register' && name !== 'withdraw') return false;
  if (world.phase.latest === 'before') return problem === 'the site: 503 服务尚未开放';
  const before = world.healthOf(who)?.during(from - 1, from - 1) ?? [];
  return name === 'withdraw' && before.includes('none') && /^the site: (?!5\d\d)/.test(problem);
}
