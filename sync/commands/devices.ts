/** What the commands about devices and epochs do. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { isoTime } from '../../device/core/iso-time.ts';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { printable } from '../../device/kit/printable.ts';
import { FeedError } from '../feed/feed-error.ts';
import { newPrivateKey, publicKeyOf, wrapFor } from '../keys/device-key.ts';
import { tpmFileText } from '../keys/keys-file.ts';
import { sealInTpm } from '../keys/tpm.ts';
import { deliverKeys } from '../publisher/epochs/deliver-keys.ts';
import {
  addDevices,
  fingerprintOf,
  isDeviceName,
  readDevices,
  revokeDevice,
} from '../publisher/epochs/devices.ts';
import { currentKey, maxEpochHours, readEpochs, setEpochHours } from '../publisher/epochs/epoch-keys.ts';
import { enrolNew, makeKeysFile } from '../publisher/init-feed.ts';
import { readTable } from '../publisher/table/read-table.ts';
import type { Outcome } from './outcome.ts';

/** @throws WrongUsage where there is no feed */
export async function runAddDevice(
  dir: string,
  id: string,
  { publicKey, out }: { publicKey?: string; out?: string },
): Promise<Outcome> {
  const { id: epoch } = currentKey(dir);
  try {
    if (out !== undefined) {
      if (existsSync(out)) throw new WrongUsage(`${out} is there already`);
      enrolNew(dir, id, out, Date.now());
    } else await enrol(dir, [{ id, publicKey: publicKey ?? '' }]);
  } catch (error) {
    return refusal(error);
  }
  await deliverKeys(dir);
  return { added: id, fingerprint: fingerprintIn(dir, id), epoch, ...(out !== undefined && { keys: out }) };
}

/** @throws WrongUsage for a name that no device can have */
export async function runMakeKey(id: string, out: string, inTpm = false): Promise<Outcome> {
  if (!isDeviceName(id)) throw new WrongUsage(`${id}: not a device's name`);
  try {
    if (existsSync(out)) throw new WrongUsage(`${out} is there already`);
    const made = inTpm ? await makeTpmKeysFile(id, out) : makeKeysFile(id, out);
    const publicKey = made.toString('hex');
    return { made: id, publicKey, fingerprint: fingerprintOf({ publicKey }), keys: out };
  } catch (error) {
    return refusal(error);
  }
}

/** @returns the public key. @throws FeedError when the TPM does not */
async function makeTpmKeysFile(id: string, out: string): Promise<Buffer> {
  const privateKey = newPrivateKey();
  const publicKey = publicKeyOf(privateKey);
  writeDurably(out, tpmFileText(id, publicKey, await sealInTpm(privateKey)), 0o600);
  return publicKey;
}

/** @throws WrongUsage where there is no feed, or no file */
export async function runImportDevices(dir: string, file: string): Promise<Outcome> {
  const { id: epoch } = currentKey(dir);
  refuseUnreadable(file);
  try {
    const devices = await readDeviceTable(file);
    await enrol(dir, devices);
    await deliverKeys(dir);
    return { added: devices.length, epoch };
  } catch (error) {
    return refusal(error);
  }
}

/** @throws WrongUsage, also for a key that nothing can be wrapped for: there are some on the curve */
async function enrol(dir: string, devices: readonly { id: string; publicKey: string }[]): Promise<void> {
  for (const { id, publicKey } of devices) {
    const anything = { id: 'none', key: new Uint8Array(32) };
    await wrapFor(Buffer.from(publicKey, 'hex'), anything).catch(() => {
      throw new WrongUsage(`${id}: not an X25519 key of 64 hex digits that can be used`);
    });
  }
  addDevices(dir, devices, Date.now());
}

const deviceColumns = { id: ['设备', '设备编号'], publicKey: ['公钥'] };

/** @throws WrongUsage naming every bad line */
async function readDeviceTable(file: string): Promise<{ id: string; publicKey: string }[]> {
  const devices: { id: string; publicKey: string }[] = [];
  await readTable(file, deviceColumns, ([id = '', key = '']) => {
    const publicKey = key.toLowerCase();
    devices.push({ id, publicKey });
    return [
      ...(isDeviceName(id) ? [] : ["id: not a device's name"]),
      ...(/^[0-9a-f]{64}$/.test(publicKey) ? [] : ['publicKey: not an X25519 key of 64 hex digits']),
    ];
  });
  return devices;
}

/** @throws WrongUsage */
function refuseUnreadable(file: string): void {
  try {
    closeSync(openSync(file, 'r'));
  } catch (error) {
    throw new WrongUsage(printable(`${file}: ${messageOf(error)}`));
  }
}

/** @throws WrongUsage where there is no feed */
export async function runRevokeDevice(dir: string, id: string): Promise<Outcome> {
  const { id: epoch } = currentKey(dir);
  try {
    revokeDevice(dir, id, Date.now());
  } catch (error) {
    return refusal(error);
  }
  await deliverKeys(dir);
  return { revoked: id, fingerprint: fingerprintIn(dir, id), epoch, readsUntil: endOf(dir) };
}

/** @throws WrongUsage where there is no feed */
export function runListDevices(dir: string): Outcome {
  const { id: epoch } = currentKey(dir);
  const devices = readDevices(dir).map(device => ({
    id: device.id,
    fingerprint: fingerprintOf(device),
    added: isoTime(device.addedAt),
    revoked: device.revokedAt === undefined ? null : isoTime(device.revokedAt),
  }));
  return { epoch, devices };
}

/** @throws WrongUsage where there is no feed */
export function runEpoch(dir: string, { hours }: { hours?: number }): Outcome {
  const { id: epoch, since } = currentKey(dir);
  if (hours !== undefined) {
    if (hours < 1 || hours > maxEpochHours) return { error: `an epoch lasts 1 to ${maxEpochHours} hours` };
    setEpochHours(dir, hours);
  }
  return { epoch, hours: readEpochs(dir).hours, since: isoTime(since), until: endOf(dir) };
}

/** The first publication after it begins the next epoch. */
function endOf(dir: string): string {
  return isoTime(currentKey(dir).since + readEpochs(dir).hours * 3_600_000);
}

function fingerprintIn(dir: string, id: string): string | null {
  const device = readDevices(dir).findLast(each => each.id === id);
  return device === undefined ? null : fingerprintOf(device);
}

function refusal(error: unknown): Outcome {
  if (
    error instanceof WrongUsage ||
    error instanceof FeedError ||
    (error instanceof Error && 'syscall' in error)
  )
    return { error: messageOf(error) };
  throw error;
}
