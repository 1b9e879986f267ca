/** The validator's own keys, made on it the first time that they are needed. They never leave it. */
import { existsSync, mkdirSync } from 'node:fs';
import { writeDurably } from '../kit/durable-file.ts';
import { DeviceError, messageOf } from '../kit/errors.ts';
import { checkOwnDirectory, syncOwnDirectory } from '../kit/own-file.ts';
import type { ProvisioningPlaces } from './places.ts';

/** What the two files hold; how they look is beyond this room. */
export interface KeyFiles<Own> {
  newDeviceKey(device: string): string | Promise<string>;
  newUplinkKey(device: string): string;
  /** @throws DeviceError config */
  read(places: ProvisioningPlaces): Own;
}

/**
 * @param device as whom; left out, they must be there
 * @throws DeviceError config where there are none, or they are another device's
 */
export async function ownKeys<Own extends { readonly device: string }>(
  places: ProvisioningPlaces,
  device: string | undefined,
  files: KeyFiles<Own>,
): Promise<Own> {
  const { state, ownKeys: directory, deviceKey, uplinkKey } = places;
  const missing = [deviceKey, uplinkKey].filter(path => !existsSync(path));
  if (missing.length > 0 && device === undefined)
    throw new DeviceError(
      'config',
      'provisioning',
      `${missing[0]}: this validator has no keys yet: init or request makes them`,
    );
  for (const made of [state, directory]) ensureOwnDirectory(made);
  syncOwnDirectory(state);
  // A power cut between the two leaves the first, which is then used.
  if (device !== undefined && !existsSync(deviceKey))
    writeDurably(deviceKey, await files.newDeviceKey(device), 0o600);
  if (device !== undefined && !existsSync(uplinkKey))
    writeDurably(uplinkKey, files.newUplinkKey(device), 0o600);
  const own = files.read(places);
  if (device !== undefined && own.device !== device)
    throw new DeviceError(
      'config',
      'provisioning',
      `${directory} has the keys of ${own.device}, not of ${device}`,
    );
  return own;
}

/** @throws DeviceError config for one that is others' too; the system's error */
function ensureOwnDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  try {
    checkOwnDirectory(path);
  } catch (error) {
    throw new DeviceError('config', 'provisioning', messageOf(error));
  }
}
