/** Signs what firmware is published, and keeps record of it; the feed's next version names it. */
import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Targets } from '@tufjs/models';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { firmwareRole } from '../../feed/firmware-target.ts';
import { feedPlaces } from '../feed-places.ts';
import { keyPlaces } from '../signing/key-places.ts';
import { commonFields, signed, writeMetadata } from '../signing/metadata-file.ts';
import { newestRoot } from '../signing/root-metadata.ts';
import { takeKey } from '../signing/signing-keys.ts';
import { type Json, targetFiles } from '../signing/target-files.ts';
import { type FirmwareList, readFirmwareList, writeFirmwareList } from './firmware-list.ts';

/** The key lies offline; that nothing newer is hidden, the timestamp says. */
const lifetimeMs = 365 * 86_400_000;
const versionsKept = 16;

/**
 * @param change what is to be published, of what is
 * @param now Unix milliseconds; the signature is good for a year
 * @throws WrongUsage where the feed has no firmware key, or it is not at hand
 */
export function signFirmware(
  dir: string,
  change: (list: FirmwareList) => Pick<FirmwareList, 'targets' | 'attempts'>,
  now: number,
): FirmwareList {
  const { firmware: named } = newestRoot(dir).keys;
  if (named === undefined)
    throw new WrongUsage(`${dir} has no firmware key; feed rotate --key firmware makes one`);
  const key = takeKey(keyPlaces(dir).firmware, named.keyID);
  const before = readFirmwareList(dir);
  const { targets, attempts } = change(before);
  const version = before.version + 1;
  const published = targets.map(({ name, sha256, length, ...custom }) => {
    const plain: Record<string, Json> = JSON.parse(JSON.stringify(custom));
    return [name, { sha256, length, custom: plain }] as const;
  });
  const files = targetFiles(dir, Object.fromEntries(published));
  const content = new Targets({ ...commonFields(version, now, lifetimeMs), targets: files });
  const bytes = signed(content, [key]);
  writeMetadata(dir, `${version}.${firmwareRole}.json`, bytes);
  const metadata = { sha256: createHash('sha256').update(bytes).digest('hex'), length: bytes.length };
  const list = { version, metadata, targets, attempts };
  writeFirmwareList(dir, list);
  prune(dir, version);
  return list;
}

function prune(dir: string, newest: number): void {
  const { metadata } = feedPlaces(dir);
  for (const name of readdirSync(metadata)) {
    const version = new RegExp(`^(\\d+)\\.${firmwareRole}\\.json$`).exec(name)?.[1];
    if (version !== undefined && Number(version) <= newest - versionsKept) rmSync(join(metadata, name));
  }
}
