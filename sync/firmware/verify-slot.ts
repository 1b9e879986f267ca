/** Whether a slot still holds what was unpacked into it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, manifestName, parseManifest, readSlot } from '../../device/update/slot.ts';
import { sha256OfFile } from '../feed/feed-file.ts';

/** @param sha256 of the archive that is to be in it. @returns undefined where it is not, or a file has changed */
export function verifySlot(slot: string, sha256: string): Manifest | undefined {
  try {
    if (readSlot(slot)?.sha256 !== sha256) return undefined;
    const manifest = parseManifest(readFileSync(join(slot, manifestName)));
    const isWhole = Object.entries(manifest.files).every(
      ([path, { sha256: digest }]) => sha256OfFile(join(slot, path)) === digest,
    );
    return isWhole ? manifest : undefined;
  } catch {
    return undefined;
  }
}
