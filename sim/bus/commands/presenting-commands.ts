/** Commands that present what a passenger has: a card, a phone, a picture. */
import { toHex } from '../../../device/core/bytes.ts';
import { type CardFaultName, cardFaults } from '../../wires/card-faults.ts';
import { typeOnConsole } from '../console.ts';
import { readExplanation } from '../explanation.ts';
import type { TapResult } from '../presentations.ts';
import { type BusCommand, type BusEvent, oneOf, postOf, wordOf } from './command.ts';
import { readPicture } from './picture.ts';
import { readViewOptions, viewOptions } from './view-options.ts';

export const faultNames = Object.keys(cardFaults) as CardFaultName[];

export const presentingCommands: readonly BusCommand[] = [
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
      const { called, frame } = readPicture(wordOf(path, 'FILE.png'));
      return tapEvent(await bus.showFrame(postOf(post), called, frame));
    },
  },
  {
    name: 'scan',
    usage: 'front|rear PASSENGER',
    help: 'hold a phone to the scanner module',
    run: async (bus, [post, who]) => tapEvent(await bus.scan(postOf(post), wordOf(who, 'PASSENGER'))),
  },
  {
    name: 'explain',
    usage: 'front|rear PASSENGER',
    help: 'present what a passenger has, and read what the console explains of it',
    async run(bus, [post, who]) {
      const validator = postOf(post);
      const passenger = wordOf(who, 'PASSENGER');
      const present = () => bus.present(validator, passenger);
      const text = await typeOnConsole(bus.posts[validator].consolePort, 'explain', present);
      return { event: 'explained', validator, passenger, ...readExplanation(text), text };
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
];

/** What the validator said of it, with both screens. */
export function tapEvent({
  validator,
  passenger,
  outcome,
  passengerScreen,
  crewScreen,
}: TapResult): BusEvent {
  if (outcome === undefined) {
    return { event: 'no-answer', validator, passenger, passengerScreen, crewScreen };
  }
  const { event, level: _level, time: _time, device: _device, ...said } = outcome;
  return { event, validator, passenger, ...said, passengerScreen, crewScreen };
}
