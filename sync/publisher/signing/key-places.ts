/**
 * Where each of a feed's signing keys lies. The root key never lies in the feed's directory: whoever copies that must not
 * have it. The targets key may lie elsewhere too; then a thief of the server can sign no data.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { feedPlaces } from '../feed-places.ts';

/** Paths. */
export interface KeyPlaces {
  /** Signs root metadata: needed only to make a feed and to rotate its keys. */
  readonly root: string;
  /** Signs what is published. */
  readonly targets: string;
  /** Signs snapshot and timestamp. */
  readonly online: string;
  /** Signs firmware, if there is any: needed only to publish some. */
  readonly firmware: string;
}

/** As an operator gives them. */
export interface GivenPlaces {
  readonly rootKey?: string | undefined;
  readonly targetsKey?: string | undefined;
  readonly firmwareKey?: string | undefined;
}

/** Relative paths are from the feed's directory. */
const place = z.string().min(1).optional();
const schema = z.strictObject({ root: place, targets: place, firmware: place });
export type Recorded = z.infer<typeof schema>;

/** Up to version 0.2 the root key lay there, and the online key signed targets too. */
const formerRootKey = join('offline', 'root-key.pem');

/** @throws WrongUsage where the record of it cannot be read */
export function keyPlaces(dir: string, recorded = readRecorded(dir)): KeyPlaces {
  const { root = formerRootKey, targets } = recorded;
  const { onlineKey, targetsKey } = feedPlaces(dir);
  const at = (path: string) => (isAbsolute(path) ? path : join(dir, path));
  return {
    root: at(root),
    targets: targets === undefined ? targetsKey : at(targets),
    online: onlineKey,
    firmware: at(recorded.firmware ?? join(dirname(root), 'firmware-key.pem')),
  };
}

/** From now on keys are looked for there. @throws WrongUsage where the record of it cannot be read */
export function placeKeys(dir: string, { rootKey, targetsKey, firmwareKey }: GivenPlaces): void {
  const before = readRecorded(dir);
  const root = rootKey === undefined ? before.root : resolve(rootKey);
  const targets = targetsKey === undefined ? before.targets : resolve(targetsKey);
  // Beside the root key, wherever that was, until somebody says where else.
  const standing = rootKey === undefined ? before.firmware : keyPlaces(dir, before).firmware;
  const firmware = firmwareKey === undefined ? standing : resolve(firmwareKey);
  const now: Recorded = { ...(root && { root }), ...(targets && { targets }), ...(firmware && { firmware }) };
  if (JSON.stringify(now) !== JSON.stringify(before)) recordKeyPlaces(dir, now);
}

/** For a feed that is made: the root key beside its directory unless a place is given. */
export function newKeyPlaces(dir: string, { rootKey, targetsKey }: GivenPlaces): Recorded {
  const root = rootKey === undefined ? relative(resolve(dir), freeRootKey(dir)) : resolve(rootKey);
  return { root, ...(targetsKey !== undefined && { targets: resolve(targetsKey) }) };
}

/** Beside a directory, under a name that no key of an earlier feed has. */
export function freeRootKey(dir: string): string {
  const beside = `${resolve(dir)}-offline`;
  for (let number = 1; ; number++) {
    const path = join(beside, number === 1 ? 'root-key.pem' : `root-key-${number}.pem`);
    if (!existsSync(path)) return path;
  }
}

function readRecorded(dir: string): Recorded {
  const { keyPlaces: path } = feedPlaces(dir);
  if (!existsSync(path)) return {};
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new WrongUsage(`${path}: expected {"root":"path","targets":"path","firmware":"path"}`);
  }
}

export function recordKeyPlaces(dir: string, recorded: Recorded): void {
  writeDurably(feedPlaces(dir).keyPlaces, `${JSON.stringify(recorded)}\n`, 0o600);
}

/** Which keys a thief of one place would have together. */
export interface KeyReport {
  /** By name: where it lies; null where it is not at hand. */
  readonly keys: Readonly<Record<string, string | null>>;
  /** Keys that lie in one directory, be it at any depth. */
  readonly together: readonly (readonly string[])[];
}

/**
 * @param directory what is copied or stolen as a whole: the feed's, or that of the back office around it
 * @param others keys beside the feed's
 */
export function reportKeys(
  dir: string,
  directory = dir,
  others: Readonly<Record<string, string>> = {},
): KeyReport {
  const { root, targets, online, firmware } = keyPlaces(dir);
  const epochs = feedPlaces(dir).epochKeys;
  const ofFirmware = existsSync(firmware) ? { firmware } : {};
  const paths = Object.entries({ root, targets, online, epochs, ...ofFirmware, ...others });
  const groups = new Map<string, string[]>();
  for (const [name, path] of paths) {
    if (!existsSync(path)) continue;
    const isInside = !relative(resolve(directory), resolve(path)).startsWith('..');
    const place = isInside ? resolve(directory) : dirname(resolve(path));
    groups.set(place, [...(groups.get(place) ?? []), name]);
  }
  return {
    keys: Object.fromEntries(paths.map(([name, path]) => [name, existsSync(path) ? resolve(path) : null])),
    together: [...groups.values()].filter(names => names.length > 1),
  };
}
