/** Commands about a validator's wires: break one, freeze the camera, send bytes, type on the console. */
import { fromHex } from '../../../device/core/bytes.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { connectConsole } from '../../wires/console-client.ts';
import type { Bus } from '../bus.ts';
import { typeOnConsole } from '../console.ts';
import type { PostName } from '../validator-post.ts';
import { crewKeyName, doorContactName, voiceNames } from '../validator-settings.ts';
import { type BusCommand, oneOf, postOf } from './command.ts';
import { gnssCommand } from './gnss-command.ts';
import { placeCommands } from './place-commands.ts';

export const wireNames = [
  'scanner',
  'camera',
  'passenger',
  'crew',
  'gnss',
  crewKeyName,
  doorContactName,
  voiceNames.passenger,
  voiceNames.crew,
] as const;
/** These have ways of their own to be pulled. */
const otherParts = ['reader', 'network'] as const;
const bytesWires = ['scanner', 'console', crewKeyName, doorContactName] as const;
const maxBytes = 2000;

export const wireCommands: readonly BusCommand[] = [
  {
    name: 'unplug',
    usage: `front|rear ${[...wireNames, ...otherParts].join('|')} [out|in]`,
    help: 'pull a wire out, or put it in again; without either it is loose for a moment. The firmware connects again by itself',
    async run(bus, [post, word, state]) {
      const validator = postOf(post);
      const wire = oneOf(word, [...wireNames, ...otherParts]);
      const way = state === undefined ? undefined : oneOf(state, ['out', 'in'] as const);
      const plug = plugsOf(bus, validator)[wire];
      if (way === undefined) await plug.unplug();
      else await plug.plug(way === 'in');
      return { event: way === 'in' ? 'plugged-in' : 'unplugged', validator, wire };
    },
  },
  {
    name: 'freeze',
    usage: 'front|rear on|off',
    help: 'a camera that hangs: it sends its last picture for ever',
    async run(bus, [post, word]) {
      const validator = postOf(post);
      const state = oneOf(word, ['on', 'off'] as const);
      bus.posts[validator].camera.freeze(state === 'on');
      return { event: 'frozen', validator, state };
    },
  },
  gnssCommand,
  ...placeCommands,
  {
    name: 'bytes',
    usage: `front|rear ${bytesWires.join('|')} HEX`,
    help: 'send bytes down a wire as they are: what no scanner module and no technician would send',
    async run(bus, [post, word, hex]) {
      const validator = postOf(post);
      const wire = oneOf(word, bytesWires);
      const bytes = bytesOf(hex);
      const { scanner, crewKey, doorContact, consolePort } = bus.posts[validator];
      if (wire === 'scanner') scanner.send(bytes);
      else if (wire === crewKeyName) crewKey.press(bytes);
      else if (wire === doorContactName) doorContact.send(bytes);
      else await typeBytes(consolePort, bytes);
      return { event: 'bytes', validator, wire, count: bytes.length };
    },
  },
  {
    name: 'console',
    usage: 'front|rear COMMAND …',
    help: "type a command on a validator's serial console",
    async run(bus, [post, ...words]) {
      const validator = postOf(post);
      const text = await typeOnConsole(bus.posts[validator].consolePort, words.join(' '));
      return { event: 'console', validator, text };
    },
  },
];

type PartName = (typeof wireNames)[number] | (typeof otherParts)[number];
interface AnyPlug {
  unplug(): unknown;
  plug(isIn: boolean): Promise<unknown>;
}

function plugsOf({ posts, networks }: Bus, post: PostName): Readonly<Record<PartName, AnyPlug>> {
  const { scanner, camera, gnss, crewKey, doorContact, screens, speakers, plugReader } = posts[post];
  const reader: AnyPlug = {
    async unplug() {
      await plugReader(false);
      await plugReader(true);
    },
    plug: plugReader,
  };
  return {
    scanner,
    camera,
    gnss,
    [crewKeyName]: crewKey,
    [doorContactName]: doorContact,
    ...screens,
    [voiceNames.passenger]: speakers.passenger,
    [voiceNames.crew]: speakers.crew,
    reader,
    network: networks[post],
  };
}

/** @throws WrongUsage */
export function bytesOf(hex = ''): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined || bytes.length === 0 || bytes.length > maxBytes) {
    throw new WrongUsage(`HEX is 1 to ${maxBytes} bytes in hex`);
  }
  return bytes;
}

/** Types on the console and hangs up at once, as when somebody pulls the cable. */
async function typeBytes(port: number, bytes: Uint8Array): Promise<void> {
  const client = await connectConsole({ host: '127.0.0.1', port });
  client.type(bytes);
  await client.close();
}
