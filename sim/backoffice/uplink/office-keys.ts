/** The back office's keys for the uplink, in its data: those that open rows, and the one that signs what it says. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { messageOf, orWrongUsage, WrongUsage } from '../../../device/kit/errors.ts';
import { readOwnFile } from '../../../device/kit/own-file.ts';
import { newPrivateKey, publicKeyOf } from '../../../sync/keys/device-key.ts';
import { newSeed, publicHalfOf } from '../../../sync/uplink/ed25519.ts';
import { keyIdOf } from '../../../sync/uplink/sealed-row.ts';
import { officeKeysText } from '../../../sync/uplink/uplink-keys.ts';

export interface UplinkPlaces {
  /** Secret. */
  readonly keys: string;
  /** The public halves: what validators are given. */
  readonly office: string;
  /** The validators whose rows are taken. */
  readonly devices: string;
  /** A folder: what validators are to do, and what came of it. */
  readonly commands: string;
  /** How the nodes of the broker's cluster are. */
  readonly nodes: string;
  /** Keys that rows are sealed for and that nobody has any more. */
  readonly lostKeys: string;
  /** A folder: rows that came for those, a file for each journal. */
  readonly keptSealed: string;
}

/** @param dir the back office's data */
export function uplinkPlaces(dir: string): UplinkPlaces {
  const at = (name: string) => join(dir, 'uplink', name);
  return {
    keys: at('keys.json'),
    office: at('office.json'),
    devices: at('devices.json'),
    commands: at('commands'),
    nodes: at('nodes.json'),
    lostKeys: at('lost-keys.json'),
    keptSealed: at('kept-sealed'),
  };
}

export interface UplinkKeys {
  /** @param keyId as `keyIdOf` names it. @returns the private half; undefined where there is no such key */
  opening(keyId: string): Uint8Array | undefined;
  /** Ed25519 seed */
  readonly signing: Uint8Array;
}

const hex = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform(text => new Uint8Array(Buffer.from(text, 'hex')));
const mostKeys = 100;
/** The first of `sealing` is the one that validators are given; older ones still open what was sealed for them. */
const schema = z.strictObject({ sealing: z.array(hex).min(1).max(mostKeys), signing: hex });

/** Makes them at the first start. @throws WrongUsage where they cannot be read: nobody makes new ones by mistake */
export function openUplinkKeys(dir: string): UplinkKeys {
  const places = uplinkPlaces(dir);
  orWrongUsage(() => mkdirSync(join(dir, 'uplink'), { recursive: true, mode: 0o700 }));
  if (!existsSync(places.keys)) makeKeys(places);
  const { sealing, signing } = readKeys(places.keys);
  writePublic(places, { sealing, signing });
  return { opening: openingOf(places), signing };
}

/** @returns what finds a private half, also one that was made since. @throws WrongUsage */
export function openingOf({ keys }: Pick<UplinkPlaces, 'keys'>): UplinkKeys['opening'] {
  let [known, readAt] = [new Map<string, Uint8Array>(), 0];
  return keyId => {
    const changedAt = statSync(keys, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (!known.has(keyId) && changedAt !== readAt && changedAt > 0) {
      readAt = changedAt;
      known = new Map(readKeys(keys).sealing.map(key => [keyIdOf(publicKeyOf(key)), key]));
    }
    return known.get(keyId);
  };
}

/** @returns the names of those that open rows, the one that validators are given first. @throws WrongUsage */
export function sealingKeysOf(dir: string): readonly string[] {
  return readKeys(uplinkPlaces(dir).keys).sealing.map(key => keyIdOf(publicKeyOf(key)));
}

/**
 * From now on validators are given another key to seal for. What was sealed for those before still opens.
 * @returns the new key's name. @throws WrongUsage
 */
export function rotateSealingKey(dir: string): string {
  openUplinkKeys(dir);
  const places = uplinkPlaces(dir);
  const { sealing, signing } = readKeys(places.keys);
  const made = newPrivateKey();
  const keys = { sealing: [made, ...sealing].slice(0, mostKeys), signing };
  writeKeys(places, keys);
  writePublic(places, keys);
  return keyIdOf(publicKeyOf(made));
}

interface Keys {
  readonly sealing: readonly Uint8Array[];
  readonly signing: Uint8Array;
}

function makeKeys(places: UplinkPlaces): void {
  writeKeys(places, { sealing: [newPrivateKey()], signing: newSeed() });
}

function writeKeys({ keys }: UplinkPlaces, { sealing, signing }: Keys): void {
  const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const made = { sealing: sealing.map(hexOf), signing: hexOf(signing) };
  orWrongUsage(() => writeDurably(keys, `${JSON.stringify(made)}\n`, 0o600));
}

function writePublic({ office }: UplinkPlaces, { sealing, signing }: Keys): void {
  const [first = new Uint8Array()] = sealing;
  const text = officeKeysText({ sealingKey: publicKeyOf(first), signingKey: publicHalfOf(signing) });
  orWrongUsage(() => writeDurably(office, text));
}

/** Never with anything of what the file holds. */
function readKeys(path: string) {
  try {
    const { data } = schema.safeParse(JSON.parse(readOwnFile(path).toString()));
    if (data !== undefined) return data;
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
  throw new WrongUsage(`${path}: no keys of the uplink`);
}
