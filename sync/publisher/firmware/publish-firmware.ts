/** Firmware is published for a ring: its archive is checked as validators will, copied beside the feed's files, and signed. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import type { Manifest } from '../../../device/update/slot.ts';
import { sha256OfFile } from '../../feed/feed-file.ts';
import { type FirmwareTarget, maxArchiveBytes, ring as ringSchema } from '../../feed/firmware-target.ts';
import { FirmwareRefused } from '../../firmware/refused.ts';
import { unpackFirmware } from '../../firmware/unpack.ts';
import { writeTarget } from '../signing/target-files.ts';
import { signFirmware } from './sign-firmware.ts';

/**
 * In place of what the ring had for that kind of machine. The same archive again is tried again by validators that gave it up.
 * @param now Unix milliseconds
 * @throws WrongUsage for an archive that no validator would take, and where the firmware key is not at hand
 */
export async function publishFirmware(
  dir: string,
  archive: string,
  ring: string,
  now: number,
): Promise<FirmwareTarget> {
  checkRing(ring);
  const { version, platform, arch, nodeAbi, schemas } = await checkArchive(archive);
  const machine = `${platform}-${arch}-${nodeAbi}`;
  // A ring has a target of its own for each kind of machine: one archive may be in several.
  const name = `firmware-${version}-${machine}-${Buffer.from(ring).toString('hex')}.tar.gz`;
  const { sha256, length } = writeTarget(dir, name, readFileSync(archive));
  const about = { name, ring, version, platform, arch, nodeAbi, schemas, sha256, length };
  let published: FirmwareTarget = { ...about, attempt: 1 };
  signFirmware(
    dir,
    ({ targets, attempts }) => {
      published = { ...about, attempt: (attempts[sha256] ?? 0) + 1 };
      const isReplaced = (one: FirmwareTarget) =>
        one.ring === ring && one.platform === platform && one.arch === arch && one.nodeAbi === nodeAbi;
      return {
        targets: [...targets.filter(one => !isReplaced(one)), published],
        attempts: { ...attempts, [sha256]: published.attempt },
      };
    },
    now,
  );
  return published;
}

/** Validators that have not switched yet do not; those that have stay. @returns how many targets the ring had */
export function withdrawFirmware(dir: string, ring: string, now: number): number {
  checkRing(ring);
  let count = 0;
  signFirmware(
    dir,
    ({ targets, attempts }) => {
      const rest = targets.filter(one => one.ring !== ring);
      count = targets.length - rest.length;
      return { targets: rest, attempts };
    },
    now,
  );
  return count;
}

function checkRing(ring: string): void {
  const parsed = ringSchema.safeParse(ring);
  if (!parsed.success) throw new WrongUsage(`--ring ${ring}: ${parsed.error.issues[0]?.message}`);
}

async function checkArchive(archive: string): Promise<Manifest> {
  const size = statSync(archive, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new WrongUsage(`${archive}: no such file`);
  if (size > maxArchiveBytes) throw new WrongUsage(`${archive}: ${size} bytes, at most ${maxArchiveBytes}`);
  const scratch = mkdtempSync(join(tmpdir(), 'fare-validator-firmware-'));
  try {
    return await unpackFirmware(archive, join(scratch, 'slot'), sha256OfFile(archive), () => undefined);
  } catch (error) {
    if (!(error instanceof FirmwareRefused)) throw error;
    throw new WrongUsage(`${archive}: ${messageOf(error)}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
