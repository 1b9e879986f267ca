/** What firmware is published: the role's targets, and which version of its metadata says so. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { firmwareCustom } from '../../feed/firmware-target.ts';
import { feedPlaces } from '../feed-places.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const listSchema = z.strictObject({
  /** Of the role's metadata. */
  version: z.int().min(0),
  /** Of that metadata's file. */
  metadata: z.strictObject({ sha256, length: z.int() }).optional(),
  targets: z.array(firmwareCustom.extend({ name: z.string(), sha256, length: z.int() })),
  /** How often each archive was published, by its SHA-256. */
  attempts: z.record(sha256, z.int()),
});
export type FirmwareList = z.infer<typeof listSchema>;

/** @throws WrongUsage where it is damaged: nobody's firmware goes lost silently */
export function readFirmwareList(dir: string): FirmwareList {
  const { firmware } = feedPlaces(dir);
  if (!existsSync(firmware)) return { version: 0, targets: [], attempts: {} };
  try {
    return listSchema.parse(JSON.parse(readFileSync(firmware, 'utf8')));
  } catch {
    throw new WrongUsage(`${firmware} is damaged`);
  }
}

export function writeFirmwareList(dir: string, list: FirmwareList): void {
  writeDurably(feedPlaces(dir).firmware, `${JSON.stringify(list)}\n`, 0o600);
}
