/** The bus without a terminal: reads commands on stdin, one after the other, and prints each event as a line. */
import { createInterface } from 'node:readline';
import { messageOf } from '../../device/kit/errors.ts';
import { say } from '../../device/kit/printable.ts';
import type { Bus } from '../bus/bus.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import { describeEvent } from '../bus/commands/describe-event.ts';

/** Log events of the firmware that are printed as the result of their command. */
const answered = ['tap', 'card-lost', 'confirm'];

/** Those that are printed as they happen. */
const printedEvents = [
  'start',
  'ready',
  'part-fault',
  'part-ready',
  'part-note',
  'presses-dropped',
  'links',
  'feed-refused',
  'cache-damaged',
  'policy',
  'feed-text-refused',
  'policy-refused',
  'stops',
  'stops-refused',
  'crash',
  'exit',
  'stderr',
  'root-record-refused',
];

/**
 * Runs until `quit` or the end of stdin, and until every command has its answer. If stdin holds no command at all, like
 * /dev/null, it runs until the signal.
 * @param run carries out a command
 * @param json prints one JSON object a line instead of text
 * @returns whether every command could be carried out
 */
export async function runLineMode(
  bus: Bus,
  run: (command: string) => Promise<BusEvent>,
  json: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  let allWell = true;
  let commands = 0;
  const print = (event: BusEvent) => {
    say(json ? JSON.stringify(event) : describeEvent(event));
  };
  const printAnswer = (id: number, command: string, event: BusEvent) => {
    say(json ? answerLine(id, command, event) : describeEvent(event));
  };
  bus.onLog((validator, { event, device: _device, ...fields }) => {
    // No command made this tap or press: somebody else used one of the wires.
    const uninvited = answered.includes(event) && !bus.isPresenting(validator);
    if (uninvited || printedEvents.includes(event)) print({ event, validator, ...fields });
  });
  const input = createInterface({ input: process.stdin });
  const stopped = new Promise<undefined>(resolve => {
    signal.addEventListener('abort', () => {
      input.close();
      resolve(undefined);
    });
  });
  for await (const text of input) {
    const command = text.trim();
    if (command === '' || command.startsWith('#')) continue;
    commands++;
    if (command === 'quit') break;
    try {
      const event = await Promise.race([run(command), stopped]);
      if (event !== undefined) printAnswer(commands, command, event);
    } catch (error) {
      allWell = false;
      printAnswer(commands, command, { event: 'error', message: messageOf(error) });
    }
    if (signal.aborted) break;
  }
  input.close();
  if (commands === 0 && !signal.aborted) await stopped;
  return allWell;
}

/** The answer to a command, told apart from what the validators log: `{"id":1,"command":"tap front wang","answer":"tap",…}`. */
export function answerLine(id: number, command: string, { event, ...fields }: BusEvent): string {
  return JSON.stringify({ id, command, answer: event, ...fields });
}
