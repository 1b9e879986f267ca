/** What `init` asks a technician: who this validator is, and what is at each of the ports that were found. */
import { notKnown } from '../../kit/nearest-word.ts';
import { lineName, name } from '../../settings/values.ts';
import type { Asker } from './asker.ts';
import {
  type Attached,
  type Described,
  doors,
  type Found,
  firstConsole,
  roleByName,
  type SerialRole,
  serialRoles,
} from './attached.ts';

const busNumber = /^[\x21-\x7e]{1,8}$/;
const nothing = 'nothing';

/** @returns what is wrong with a value; undefined for nothing */
export const whyNot = {
  device: (text: string) => name.safeParse(text).error?.issues[0]?.message,
  line: (text: string) => lineName.safeParse(text).error?.issues[0]?.message,
  door: (text: string) => oneOf(text, doors),
  bus: (text: string) =>
    text === '' || busNumber.test(text) ? undefined : 'must be 1 to 8 printable ASCII characters',
};

export async function askWho(asker: Asker, known: Partial<Described>, hostname: string): Promise<Described> {
  const usualName = whyNot.device(hostname) === undefined ? hostname : undefined;
  return {
    device:
      known.device ??
      (await asker.ask("This validator's name, unique in the fleet", usualName, whyNot.device)),
    line: known.line ?? (await asker.ask('The bus line', undefined, whyNot.line)),
    door:
      known.door ??
      doorOf(await asker.ask('What codes mean at this door: both, on or off', 'both', whyNot.door)),
    bus:
      known.bus ?? ((await asker.ask("The bus's own number; empty for none", '', whyNot.bus)) || undefined),
  };
}

/** @param given by options: not asked again. @param usual what is proposed for the rest */
export async function askAttached(
  asker: Asker,
  found: Found,
  given: Attached,
  usual: Attached,
): Promise<Attached> {
  const serial: Partial<Record<SerialRole, string>> = { ...given.serial };
  const used = new Set(Object.values(serial));
  for (const port of found.serialPorts.filter(port => !used.has(port))) {
    const free = serialRoles.filter(role => serial[role] === undefined);
    const guess = roleByName(port);
    const proposal = guess !== undefined && free.includes(guess) ? guess : nothing;
    const known = [...free, nothing];
    const role = await asker.ask(`What is at ${port}: ${known.join(', ')}`, proposal, text =>
      oneOf(text, known),
    );
    if (isRole(role)) serial[role] = port;
  }
  if (
    serial['passenger-display'] === undefined &&
    found.framebuffers.length > 0 &&
    (await isWanted(asker, `Show passengers the notices on ${firstConsole}`))
  )
    serial['passenger-display'] = firstConsole;
  const cardReader = given.cardReader ?? (await askCardReader(asker, found, usual.cardReader));
  const camera = given.camera ?? (await askCamera(asker, found));
  return { serial, cardReader, camera };
}

async function askCardReader(
  asker: Asker,
  found: Found,
  usual: string | undefined,
): Promise<string | undefined> {
  const slots = found.cardReaders ?? [];
  if (slots.length === 0) asker.say('No card reader is plugged in.');
  for (const slot of slots) asker.say(`Card reader: ${slot}`);
  const answer = await asker.ask(
    'Read cards with (part of its name, any, or nothing)',
    usual ?? nothing,
    () => undefined,
  );
  return answer === nothing ? undefined : answer;
}

async function askCamera(asker: Asker, { cameras }: Found): Promise<string | undefined> {
  for (const camera of cameras) if (await isWanted(asker, `Read codes with ${camera}`)) return camera;
  return undefined;
}

async function isWanted(asker: Asker, question: string): Promise<boolean> {
  return (await asker.ask(`${question}: yes or no`, 'yes', text => oneOf(text, ['yes', 'no']))) === 'yes';
}

function oneOf(text: string, known: readonly string[]): string | undefined {
  return known.includes(text) ? undefined : notKnown(text, known);
}

function isRole(text: string): text is SerialRole {
  return (serialRoles as readonly string[]).includes(text);
}

function doorOf(text: string): Described['door'] {
  return doors.find(door => door === text) ?? 'both';
}
