/** `feed pack-firmware` and `feed publish-firmware`: an archive made, and signed for a ring. */
import { existsSync } from 'node:fs';
import { WrongUsage } from '../../device/kit/errors.ts';
import { sha256OfFile } from '../feed/feed-file.ts';
import { type PackOptions, packFirmware } from '../firmware/pack.ts';
import { dataDates } from '../publisher/data-dates.ts';
import { publishFirmware, withdrawFirmware } from '../publisher/firmware/publish-firmware.ts';
import { publishAgain } from '../publisher/publish-table.ts';
import { openPublisher } from '../publisher/publisher.ts';
import { moveKeys } from '../publisher/signing/key-rotation.ts';
import { checkSigningClock } from '../publisher/signing-clock.ts';
import type { Outcome } from './outcome.ts';
import { type ClockOptions, readClock, refusal } from './publish.ts';

/** @throws WrongUsage for a directory that cannot be packed */
export async function runPack(directory: string, out: string, options: PackOptions): Promise<Outcome> {
  if (!existsSync(directory)) throw new WrongUsage(`${directory}: no such directory`);
  const { version, files } = await packFirmware(directory, out, options);
  return { version, files: Object.keys(files).length, out, sha256: sha256OfFile(out) };
}

export interface PublishFirmwareOptions extends ClockOptions {
  readonly ring: string;
  readonly archive?: string | undefined;
  readonly withdraw?: boolean | undefined;
  readonly firmwareKey?: string | undefined;
}

/** Signed and published at once, with the dates that the data has: no health code looks newer for it. */
export async function runPublishFirmware(
  dir: string,
  { ring, archive, withdraw, firmwareKey, ...clock }: PublishFirmwareOptions,
): Promise<Outcome> {
  if ((archive === undefined) !== (withdraw === true))
    throw new WrongUsage('either --archive or --withdraw is needed');
  const publisher = openPublisher(dir);
  try {
    const dates = { ...(await readClock(clock)), ...dataDates(dir) };
    checkSigningClock(dir, dates);
    moveKeys(dir, { firmwareKey });
    const { now } = dates;
    const outcome =
      archive === undefined
        ? { ring, withdrawn: withdrawFirmware(dir, ring, now) }
        : await published(dir, archive, ring, now);
    if (publishAgain(dir, publisher, dates) === undefined)
      return { ...outcome, error: 'feed publish must follow: until then no validator sees it' };
    return { ...outcome, feedVersion: publisher.version };
  } catch (error) {
    return refusal(error);
  } finally {
    publisher.close();
  }
}

async function published(dir: string, archive: string, ring: string, now: number): Promise<Outcome> {
  const { version, attempt, sha256, length } = await publishFirmware(dir, archive, ring, now);
  return { ring, version, attempt, sha256, length };
}
