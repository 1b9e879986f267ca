/** All commands of the simulated bus, and how a typed line is carried out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { audiences } from '../../../device/core/screen.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { didYouMean } from '../../../device/kit/nearest-word.ts';
import type { Bus } from '../bus.ts';
import { postNames } from '../validator-post.ts';
import type { BusCommand, BusEvent } from './command.ts';
import { confirmCommand } from './confirm-command.ts';
import { secondsToWait } from './duration.ts';
import { fareCommands } from './fare-commands.ts';
import { machineCommands } from './machine-commands.ts';
import { officeCommands } from './office-commands.ts';
import { faultNames, presentingCommands } from './presenting-commands.ts';
import { checkWords, parseUsage, wordsFor } from './usage.ts';
import { wireCommands } from './wire-commands.ts';

/** Whatever waits for seconds (a wire that is dialled again, a second chance) gets them. */
const longestRealS = 10;
const lastRealS = 5;

const table: readonly BusCommand[] = [
  ...presentingCommands,
  confirmCommand,
  ...officeCommands,
  ...fareCommands,
  ...wireCommands,
  ...machineCommands,
  {
    name: 'screens',
    usage: '',
    help: 'what all displays show now',
    run: async bus => ({
      event: 'screens',
      screens: postNames.flatMap(validator =>
        audiences.map(audience => ({ validator, audience, ...bus.screen(validator, audience) })),
      ),
    }),
  },
  {
    name: 'list',
    usage: '',
    help: 'the passengers',
    async run({ passengers, office }) {
      const listed = passengers.map(each => ({ ...each, denied: office.deniedFor(each.id) }));
      return { event: 'passengers', passengers: listed };
    },
  },
  {
    name: 'wait',
    usage: 'INSTANT|DURATION',
    help: `let time go by, as 5 (seconds), 90s, 15m, 2h, 3d, or until 2022-05-23T00:00+08:00; of more than ${longestRealS} s all but the last ${lastRealS} s by putting all clocks on`,
    async run(bus, [word]) {
      const seconds = secondsToWait(word, bus.now());
      const until = bus.now() + seconds * 1000;
      if (seconds > longestRealS) await bus.pass((seconds - lastRealS) * 1000);
      // Unreferenced: the program may end while it waits.
      await sleep(Math.max(0, until - bus.now()), undefined, { ref: false });
      return { event: 'waited', seconds };
    },
  },
  {
    name: 'help',
    usage: '',
    help: 'this list',
    run: async () => ({
      event: 'help',
      commands: [...commandHelp(), { command: 'quit', help: 'stop the bus' }],
      faults: faultNames,
    }),
  },
];

/** What can be typed, for those who check a command without a bus. */
export const commandUsages: readonly Pick<BusCommand, 'name' | 'usage' | 'help'>[] = table;

/** Each command with its usage in one text, and its help. */
export function commandHelp(): { readonly command: string; readonly help: string }[] {
  return table.map(({ name, usage, help }) => ({ command: `${name} ${usage}`.trim(), help }));
}

/** @throws WrongUsage for what cannot be carried out as typed */
export async function runCommand(bus: Bus, text: string): Promise<BusEvent> {
  const [name = ''] = text.trim().split(/\s/, 1);
  const command = table.find(entry => entry.name === name);
  if (command === undefined) {
    const names = table.map(entry => entry.name);
    const hint = didYouMean(name, names) || ': type help';
    throw new WrongUsage(`unknown command ${JSON.stringify(name.slice(0, 40))}${hint}`);
  }
  const { usage } = command;
  const words = wordsFor(usage, text.trim().slice(name.length));
  // What stands for the words in capitals is left to the command itself.
  const problem = checkWords(parseUsage(usage), words, {});
  if (problem !== undefined)
    throw new WrongUsage(`${name}: ${problem.message}; usage: ${`${name} ${usage}`.trim()}`);
  return command.run(bus, words);
}
