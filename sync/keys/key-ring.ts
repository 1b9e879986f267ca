/**
 * The keys that a validator holds: fleet keys that it was given, or epoch keys that the feed has wrapped for its device.
 *
 * What the feed has wrapped stays in the cache's directory as it came (`keys/<id>`), so that the disk without the device's
 * key says nothing; opened they are in memory only. Each thread has a ring of its own over the same directory.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { readOwnFile } from '../../device/kit/own-file.ts';
import type { FleetKey } from '../fleet-keys.ts';
import { createSoftwareKey, createTpmKey, type DeviceKey, wrappedBytes } from './device-key.ts';
import type { GivenKeys } from './keys-file.ts';

export interface KeyRing {
  held(): readonly FleetKey[];
  /** Undefined where fleet keys were given. */
  readonly device: DeviceKey | undefined;
  /** Where the secret is kept, in a few words. */
  readonly keptIn: string;
  /** Opens what has come to the directory meanwhile. @returns whether anything is different now */
  openNew(): Promise<boolean>;
}

/** @param directory the cache's */
export async function openKeyRing(given: GivenKeys, directory: string): Promise<KeyRing> {
  if ('fleetKeys' in given) return fixedRing(given.fleetKeys);
  const device =
    'tpm' in given ? createTpmKey(given.publicKey, given.tpm) : createSoftwareKey(given.privateKey);
  const ring = deviceRing(device, join(directory, 'keys'));
  await ring.openNew();
  return ring;
}

/** Holds keys that stay as they are. */
export function fixedRing(keys: readonly FleetKey[]): KeyRing {
  const keptIn = 'a file of fleet keys: whoever copies it has them';
  return { held: () => keys, device: undefined, keptIn, openNew: () => Promise.resolve(false) };
}

interface OpenedKey {
  readonly wrapped: Buffer;
  readonly key: FleetKey;
}

function deviceRing(device: DeviceKey, directory: string): KeyRing {
  let opened: readonly OpenedKey[] = [];

  async function open(keyId: string, wrapped: Buffer): Promise<OpenedKey | undefined> {
    const known = opened.find(({ key, wrapped: before }) => key.id === keyId && before.equals(wrapped));
    if (known !== undefined) return known;
    try {
      return { wrapped, key: await device.open(wrapped, keyId) };
    } catch {
      // Damaged, or another device's: the next sync fetches it anew.
      return undefined;
    }
  }

  return {
    device,
    keptIn: device.keptIn,
    held: () => opened.map(({ key }) => key),
    async openNew() {
      const found = await Promise.all(readWrapped(directory).map(([keyId, wrapped]) => open(keyId, wrapped)));
      const now = found.filter(each => each !== undefined);
      const isSame = now.length === opened.length && now.every(each => opened.includes(each));
      opened = now;
      return !isSame;
    },
  };
}

function readWrapped(directory: string): [keyId: string, wrapped: Buffer][] {
  const whole = namesIn(directory).filter(name => !name.startsWith('.'));
  return whole.flatMap(name => {
    try {
      const wrapped = readOwnFile(join(directory, name));
      return wrapped.length === wrappedBytes ? [[name, wrapped]] : [];
    } catch {
      return [];
    }
  });
}

/**
 * Keeps a wrapped key in the cache's directory; of the others only the one in use until now stays, so that the media of
 * its last rides are known again after a restart.
 * @throws the file system's error
 */
export function keepWrapped(
  directory: string,
  keyId: string,
  wrapped: Uint8Array,
  inUse: string | undefined,
): void {
  const keys = join(directory, 'keys');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  writeDurably(join(keys, keyId), wrapped, 0o600);
  for (const name of namesIn(keys)) {
    if (name !== keyId && name !== inUse) rmSync(join(keys, name), { force: true });
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).toSorted();
  } catch {
    return [];
  }
}
