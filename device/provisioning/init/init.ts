/** `init`: settings for what was found, put in place as a bundle's are; refuses where there are some already. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Refused, WrongUsage } from '../../kit/errors.ts';
import { checkYaml } from '../../kit/yaml-file.ts';
import { configSchema } from '../../settings/config.ts';
import { generationOf, installGeneration } from '../generations.ts';
import type { ProvisioningPlaces } from '../places.ts';
import type { Asker } from './asker.ts';
import {
  type Attached,
  anyReader,
  type Described,
  type Found,
  proposeAttached,
  settingsText,
  withReader,
} from './attached.ts';
import { askAttached, askWho, whyNot } from './questions.ts';

export interface InitOptions extends Partial<Described>, Partial<Attached> {
  /** Asks nothing: what was found, and what is given. */
  readonly yes: boolean;
  /** The device key is to open on this machine alone. */
  readonly tpm?: boolean;
}

export interface InitParts {
  readonly found: Found;
  /** @returns the best slot for passengers' cards */
  chooseSlot(names: readonly string[]): string | undefined;
  openAsker(): Asker;
  /** What a start would say to these settings. @throws FileProblems, DeviceError config */
  readAll(settings: string): unknown;
  /** Makes this validator's keys, where it has none. @throws DeviceError config */
  makeKeys(device: string): unknown;
}

export interface Initialised {
  readonly settings: string;
  readonly device: string;
  /** What they use of what was found, and what of it is left. */
  readonly uses: readonly string[];
  readonly unused: readonly string[];
}

/** Of nobody yet: the bundle brings those of the city. */
const noAuthorities = '{"rootRecords":[]}\n';

/** @throws Refused, WrongUsage: then nothing was made */
export async function initialise(
  places: ProvisioningPlaces,
  options: InitOptions,
  parts: InitParts,
): Promise<Initialised> {
  refuseSettled(places);
  refuseBadValues(options);
  const { described, attached: decided } = await decide(options, parts);
  const attached = withReader(decided);
  const text = settingsText(described, attached);
  checkYaml(text, 'the settings', configSchema);
  await parts.makeKeys(described.device);
  const name = `0-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  installGeneration(
    places.identity,
    name,
    { 'settings.yaml': text, 'trust.json': noAuthorities },
    directory => parts.readAll(join(directory, 'settings.yaml')),
  );
  return { settings: places.settings, device: described.device, ...usage(parts.found, attached) };
}

/** @throws Refused where there are settings already, DeviceError config where something else stands there */
export function refuseSettled({ identity, settings }: ProvisioningPlaces): void {
  if (generationOf(identity) !== undefined)
    throw new Refused(`${settings} is there already: change it, or move ${identity} away`);
}

async function decide(options: InitOptions, { found, chooseSlot, openAsker }: InitParts) {
  const proposed = proposeAttached(found, chooseSlot(found.cardReaders ?? []));
  const { serial = {}, cardReader, camera } = options;
  if (options.yes) {
    const { device, line, door = 'both', bus } = options;
    if (device === undefined || line === undefined) throw new WrongUsage('--yes needs --device and --line');
    // What was named for one thing is not used for another.
    const named = new Set(Object.values(serial));
    const others = Object.entries(proposed.serial).filter(([, path]) => !named.has(path));
    const attached = {
      serial: { ...Object.fromEntries(others), ...serial },
      cardReader: cardReader ?? proposed.cardReader,
      camera: camera ?? proposed.camera,
    };
    return { described: { device, line, door, bus }, attached };
  }
  const asker = openAsker();
  try {
    const described = await askWho(asker, options, hostname());
    const attached = await askAttached(asker, found, { serial, cardReader, camera }, proposed);
    return { described, attached };
  } finally {
    asker.close();
  }
}

function refuseBadValues({ device, line, bus }: InitOptions): void {
  const wrong = { device, line, bus } as const;
  for (const [option, value] of Object.entries(wrong)) {
    const why = value === undefined ? undefined : whyNot[option as keyof typeof wrong](value);
    if (why !== undefined) throw new WrongUsage(`--${option}: ${why}`);
  }
}

function usage(found: Found, { cardReader, camera, serial }: Attached): Pick<Initialised, 'uses' | 'unused'> {
  const roles = Object.entries(serial).map(([role, path]) => `${role}: ${path}`);
  const uses = [
    ...(cardReader === undefined
      ? []
      : [
          `card reader: ${cardReader === anyReader ? 'the first contactless one that is plugged in' : cardReader}`,
        ]),
    ...(camera === undefined ? [] : [`camera: ${camera}`]),
    ...roles,
  ];
  const taken = new Set<string | undefined>([camera, ...Object.values(serial)]);
  const isTaken = (slot: string) =>
    cardReader !== undefined && cardReader !== anyReader && slot.includes(cardReader);
  const slots = (found.cardReaders ?? []).filter(slot => !isTaken(slot));
  const ports = [...found.serialPorts, ...found.cameras].filter(path => !taken.has(path));
  return {
    uses,
    unused: [...slots, ...ports],
  };
}
