/** The bus without a terminal: commands on stdin, one after the other; what happens on stdout, a line each. */
import { createInterface } from 'node:readline';
import { messageOf } from '../../device/errors.ts';
import type { Bus } from './bus.ts';
import { describeEvent } from './describe.ts';
import type { BusEvent } from './words.ts';

/** What of the firmware's log is told as it happens; taps come as the results of their commands. */
const told = [
  'start',
  'ready',
  'part-fault',
  'part-ready',
  'links',
  'feed-refused',
  'cache-damaged',
  'policy',
  'policy-refused',
  'stops',
  'stops-refused',
  'crash',
  'exit',
  'stderr',
  'root-record-refused',
];

/**
 * Runs until `quit` or the end of stdin, and every command before it has had its answer; without any command at all,
 * as with stdin from /dev/null, until the signal.
 * @param run carries out a command
 * @param json one JSON object a line, else a line of text
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
    process.stdout.write(`${json ? JSON.stringify(event) : describeEvent(event)}\n`);
  };
  bus.onLog((validator, { event, device: _device, ...fields }) => {
    // A tap that no command made: somebody else's card or code at one of the wires.
    const uninvited = (event === 'tap' || event === 'card-lost') && !bus.isPresenting(validator);
    if (uninvited || told.includes(event)) print({ event, validator, ...fields });
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
      if (event !== undefined) print(event);
    } catch (error) {
      allWell = false;
      print({ event: 'error', command, message: messageOf(error) });
    }
    if (signal.aborted) break;
  }
  input.close();
  if (commands === 0 && !signal.aborted) await stopped;
  return allWell;
}
