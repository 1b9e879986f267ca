/** Root metadata: which key signs what. Each version is signed by the root key of the one before it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Key, Metadata, MetadataKind, Root } from '@tufjs/models';
import { WrongUsage } from '../../wrong-usage.ts';
import { feedPlaces } from './feed-places.ts';
import { commonFields } from './metadata-file.ts';

/** Public keys by what they sign. */
export interface RoleKeys {
  readonly root: Key;
  /** Signs targets, snapshot and timestamp. */
  readonly online: Key;
}

export interface RootVersion {
  readonly version: number;
  readonly keys: RoleKeys;
}

export const rootLifetimeMs = 2 * 365 * 86_400_000;

/** @param now Unix milliseconds; it expires two years later */
export function createRoot({ version, keys }: RootVersion, now: number): Root {
  const root = new Root({ ...commonFields(version, now, rootLifetimeMs), consistentSnapshot: true });
  root.addKey(keys.root, 'root');
  for (const role of ['targets', 'snapshot', 'timestamp']) root.addKey(keys.online, role);
  return root;
}

/** @throws WrongUsage when `dir` holds no feed, Error when its root metadata is damaged */
export function newestRoot(dir: string): RootVersion {
  const { metadata } = feedPlaces(dir);
  const version = Math.max(0, ...rootVersions(metadata));
  if (version === 0) throw new WrongUsage(`${dir} holds no feed`);
  return readRoot(join(metadata, `${version}.root.json`));
}

function rootVersions(metadata: string): number[] {
  try {
    return readdirSync(metadata).map(name => Number(/^(\d+)\.root\.json$/.exec(name)?.[1] ?? 0));
  } catch {
    return [];
  }
}

function readRoot(path: string): RootVersion {
  try {
    const { signed } = Metadata.fromJSON(MetadataKind.Root, JSON.parse(readFileSync(path, 'utf8')));
    const keys = { root: keyOf(signed, 'root'), online: keyOf(signed, 'timestamp') };
    return { version: signed.version, keys };
  } catch (cause) {
    throw new Error(`${path} is damaged`, { cause });
  }
}

function keyOf(root: Root, role: string): Key {
  const key = root.keys[root.roles[role]?.keyIDs[0] ?? ''];
  if (!key) throw new Error(`no key for ${role}`);
  return key;
}
