/** The command table of the simulated bus: what a tester types, one line each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '../../device/core/bytes.ts';
import { type CardFaultName, cardFaults } from '../wires/card-faults.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { audiences, type Bus, postNames, type TapResult } from './bus.ts';
import { typeOnConsole } from './console.ts';
import { freezeCamera, freezeStates } from './freeze.ts';
import { controlGnss, gnssHelp, gnssUsage } from './gnss-commands.ts';
import { machineCommands } from './machine-commands.ts';
import { officeCommands } from './office-commands.ts';
import { readPicture } from './picture.ts';
import { bytesWires, sendBytes } from './raw-bytes.ts';
import { checkWords, parseUsage, wordsFor } from './usage.ts';
import { readViewOptions, viewOptions } from './view-options.ts';
import { type BusCommand, type BusEvent, oneOf, postOf, wordOf } from './words.ts';

export const faultNames = Object.keys(cardFaults) as CardFaultName[];
export const wireNames = ['scanner', 'camera', 'passenger', 'crew', 'gnss'] as const;
const longestPauseS = 3600;

const table: readonly BusCommand[] = [
  {
    name: 'tap',
    usage: 'front|rear PASSENGER [FAULT]',
    help: 'hold a card to the reader; FAULT is one of the ways a card can fail',
    run: async (bus, [post, who, fault]) =>
      tapEvent(
        await bus.tap(
          postOf(post),
          wordOf(who, 'PASSENGER'),
          fault === undefined ? undefined : oneOf(fault, faultNames),
        ),
      ),
  },
  {
    name: 'show',
    usage: 'front|rear PASSENGER [OPTION=VALUE …]',
    help: `hold a phone before the camera; OPTION is one of ${viewOptions.join(', ')}`,
    run: async (bus, [post, who, ...options]) =>
      tapEvent(await bus.show(postOf(post), wordOf(who, 'PASSENGER'), readViewOptions(options))),
  },
  {
    name: 'picture',
    usage: 'front|rear FILE.png',
    help: 'hold a picture before the camera, of a code or of anything else',
    async run(bus, [post, path]) {
      const { png, called } = readPicture(wordOf(path, 'FILE.png'));
      return tapEvent(await bus.showPicture(postOf(post), png, called));
    },
  },
  {
    name: 'scan',
    usage: 'front|rear PASSENGER',
    help: 'hold a phone to the scanner module',
    run: async (bus, [post, who]) => tapEvent(await bus.scan(postOf(post), wordOf(who, 'PASSENGER'))),
  },
  ...officeCommands,
  {
    name: 'unplug',
    usage: `front|rear ${wireNames.join('|')}`,
    help: 'break a wire; the firmware connects again by itself',
    async run(bus, [post, wire]) {
      const { scanner, camera, gnss, screens } = bus.posts[postOf(post)];
      const unplugged = oneOf(wire, wireNames);
      ({ scanner, camera, gnss, ...screens })[unplugged].unplug();
      return { event: 'unplugged', validator: postOf(post), wire: unplugged };
    },
  },
  {
    name: 'freeze',
    usage: 'front|rear on|off',
    help: 'a camera that hangs: it sends its last picture for ever',
    run: async (bus, [post, state]) => freezeCamera(bus.posts[postOf(post)], oneOf(state, freezeStates)),
  },
  {
    name: 'gnss',
    usage: `front|rear ${gnssUsage}`,
    help: gnssHelp,
    async run(bus, [post, ...words]) {
      const validator = postOf(post);
      controlGnss(bus.posts[validator].gnss, words);
      return { event: 'gnss', validator, set: words.join(' ') };
    },
  },
  ...machineCommands,
  {
    name: 'bytes',
    usage: `front|rear ${bytesWires.join('|')} HEX`,
    help: 'send bytes down a wire as they are: what no scanner module and no technician would send',
    run: async (bus, [post, wire, hex]) => sendBytes(bus.posts[postOf(post)], oneOf(wire, bytesWires), hex),
  },
  {
    name: 'console',
    usage: 'front|rear COMMAND …',
    help: "type a command on a validator's serial console",
    run: async (bus, [post, ...words]) => ({
      event: 'console',
      validator: postOf(post),
      text: await typeOnConsole(bus.posts[postOf(post)].consolePort, words.join(' ')),
    }),
  },
  {
    name: 'explain',
    usage: 'front|rear PASSENGER',
    help: 'present what a passenger has, and read what the console explains of it',
    async run(bus, [post, who]) {
      const validator = postOf(post);
      const passenger = wordOf(who, 'PASSENGER');
      const present = () => bus.present(validator, passenger);
      return {
        event: 'console',
        validator,
        text: await typeOnConsole(bus.posts[validator].consolePort, 'explain', present),
      };
    },
  },
  {
    name: 'code',
    usage: 'PASSENGER',
    help: "a code as the passenger's phone shows it now, in hex, for inspect code",
    async run(bus, [who]) {
      const passenger = wordOf(who, 'PASSENGER');
      return { event: 'code', passenger, hex: toHex(bus.codeOf(passenger)) };
    },
  },
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
    run: async bus => ({ event: 'passengers', passengers: bus.passengers }),
  },
  {
    name: 'wait',
    usage: 'SECONDS',
    help: 'do nothing for a while',
    async run(_bus, [word]) {
      const seconds = pauseOf(word);
      // A bus that is stopped meanwhile is not waited for.
      await sleep(seconds * 1000, undefined, { ref: false });
      return { event: 'waited', seconds };
    },
  },
  {
    name: 'help',
    usage: '',
    help: 'this list',
    run: async () => ({
      event: 'help',
      commands: [
        ...table.map(({ name, usage, help }) => ({ command: `${name} ${usage}`.trim(), help })),
        quitHelp,
      ],
      faults: faultNames,
    }),
  },
];

/** What can be typed, for those who check a command without a bus. */
export const commandUsages: readonly Pick<BusCommand, 'name' | 'usage' | 'help'>[] = table;

const quitHelp = { command: 'quit', help: 'stop the bus' };

/** @throws WrongUsage for what cannot be carried out as typed */
export async function runCommand(bus: Bus, text: string): Promise<BusEvent> {
  const [name = ''] = text.trim().split(/\s/, 1);
  const command = table.find(entry => entry.name === name);
  if (command === undefined)
    throw new WrongUsage(`unknown command ${JSON.stringify(name.slice(0, 40))}: type help`);
  const { usage } = command;
  const words = wordsFor(usage, text.trim().slice(name.length));
  // What the words in capitals stand for, the command reads itself.
  const problem = checkWords(parseUsage(usage), words, {});
  if (problem !== undefined)
    throw new WrongUsage(`${name}: ${problem.message}; usage: ${`${name} ${usage}`.trim()}`);
  return command.run(bus, words);
}

/** @throws WrongUsage */
export function pauseOf(word: string | undefined): number {
  const seconds = Number(word);
  if (!(seconds >= 0 && seconds <= longestPauseS)) {
    throw new WrongUsage(`${word}: SECONDS is 0 to ${longestPauseS}`);
  }
  return seconds;
}

function tapEvent({ validator, passenger, outcome, passengerScreen, crewScreen }: TapResult): BusEvent {
  if (outcome === undefined) {
    return { event: 'no-answer', validator, passenger, passengerScreen, crewScreen };
  }
  const { event, level: _level, time: _time, device: _device, ...said } = outcome;
  return { event, validator, passenger, ...said, passengerScreen, crewScreen };
}
