/** Root metadata: which key signs what. Each version is signed by the root key of the one before it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Key, Metadata, MetadataKind, Root } from '@tufjs/models';
import { z } from 'zod';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { firmwareKeysField } from '../../feed/firmware-target.ts';
import { feedPlaces } from '../feed-places.ts';
import { commonFields } from './metadata-file.ts';
import { tufKey } from './signing-keys.ts';

/** Public keys by what they sign. */
export interface RoleKeys {
  readonly root: Key;
  /** Signs targets: what is published. */
  readonly targets: Key;
  /** Signs snapshot and timestamp: what is the newest. */
  readonly online: Key;
  /** Signs firmware; undefined for a feed that has none. */
  readonly firmware?: Key | undefined;
}

export interface RootVersion {
  readonly version: number;
  readonly keys: RoleKeys;
}

const firmwareKeys = z.array(z.string().regex(/^[0-9a-f]{64}$/));
export const rootLifetimeMs = 2 * 365 * 86_400_000;

/** @param now Unix milliseconds; it expires two years later */
export function createRoot({ version, keys }: RootVersion, now: number): Root {
  const { firmware } = keys;
  const ofFirmware = firmware && { [firmwareKeysField]: [firmware.keyVal.public ?? ''] };
  const root = new Root({
    ...commonFields(version, now, rootLifetimeMs),
    consistentSnapshot: true,
    unrecognizedFields: ofFirmware ?? {},
  });
  root.addKey(keys.root, 'root');
  root.addKey(keys.targets, 'targets');
  for (const role of ['snapshot', 'timestamp']) root.addKey(keys.online, role);
  return root;
}

/**
 * The last one of the chain that begins with the initial root. What does not belong to it was put there by somebody else, and
 * validators do not follow it either.
 * @throws WrongUsage when `dir` holds no feed, Error when its root metadata is damaged
 */
export function newestRoot(dir: string): RootVersion {
  const { metadata, initialRoot } = feedPlaces(dir);
  if (!existsSync(initialRoot)) throw new WrongUsage(`${dir} holds no feed`);
  let newest = readRoot(initialRoot);
  while (true) {
    const path = join(metadata, `${newest.signed.version + 1}.root.json`);
    const next = existsSync(path) ? readRoot(path) : undefined;
    if (next === undefined || !isSuccessor(newest, next)) return describe(newest.signed);
    newest = next;
  }
}

function isSuccessor(before: Metadata<Root>, next: Metadata<Root>): boolean {
  try {
    before.verifyDelegate(MetadataKind.Root, next);
    next.verifyDelegate(MetadataKind.Root, next);
    return next.signed.version === before.signed.version + 1;
  } catch {
    return false;
  }
}

function readRoot(path: string): Metadata<Root> {
  try {
    const root = Metadata.fromJSON(MetadataKind.Root, JSON.parse(readFileSync(path, 'utf8')));
    describe(root.signed);
    return root;
  } catch (cause) {
    throw new Error(`${path} is damaged`, { cause });
  }
}

function describe(root: Root): RootVersion {
  const keys = {
    root: keyOf(root, 'root'),
    targets: keyOf(root, 'targets'),
    online: keyOf(root, 'timestamp'),
    firmware: firmwareKeyOf(root),
  };
  return { version: root.version, keys };
}

function firmwareKeyOf({ unrecognizedFields }: Root): Key | undefined {
  const named = firmwareKeys.safeParse(unrecognizedFields[firmwareKeysField]);
  const [hex] = named.success ? named.data : [];
  return hex === undefined ? undefined : tufKey(hex);
}

function keyOf(root: Root, role: string): Key {
  const key = root.keys[root.roles[role]?.keyIDs[0] ?? ''];
  if (!key) throw new Error(`no key for ${role}`);
  return key;
}
