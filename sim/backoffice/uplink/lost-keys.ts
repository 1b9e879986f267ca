/** Keys that rows are sealed for and that nobody has any more: somebody has said so, and from then on what comes for them is kept sealed. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { orWrongUsage, WrongUsage } from '../../../device/kit/errors.ts';
import { openingOf, uplinkPlaces } from './office-keys.ts';

const lostKey = z.strictObject({
  /** As `keyIdOf` names it. */
  key: z.string().regex(/^[0-9a-f]{16}$/),
  /** Since when nothing is waited for, Unix milliseconds. */
  at: z.number(),
});
const mostKeys = 1000;
const schema = z.strictObject({ lost: z.array(lostKey).max(mostKeys) });

export type LostKey = z.infer<typeof lostKey>;

/** @throws WrongUsage where the list cannot be read: nothing is acknowledged by mistake */
export function readLostKeys(dir: string): readonly LostKey[] {
  const { lostKeys } = uplinkPlaces(dir);
  if (!existsSync(lostKeys)) return [];
  try {
    return schema.parse(JSON.parse(readFileSync(lostKeys, 'utf8'))).lost;
  } catch {
    throw new WrongUsage(`${lostKeys} is no list of keys`);
  }
}

/** @throws WrongUsage as `readLostKeys` */
export function isLostKey(dir: string, key: string): boolean {
  return readLostKeys(dir).some(lost => lost.key === key);
}

/** @param key as validators' rows name it. @throws WrongUsage for what is no key's name, and for one that is here */
export function noteLostKey(dir: string, key: string, now: number): void {
  const { data: noted } = lostKey.safeParse({ key: key.toLowerCase(), at: now });
  if (noted === undefined) throw new WrongUsage(`${key}: a key's name has 16 hex digits`);
  if (openingOf(uplinkPlaces(dir))(noted.key) !== undefined)
    throw new WrongUsage(`${noted.key} is not lost: ${uplinkPlaces(dir).keys} has it`);
  write(dir, [...readLostKeys(dir).filter(each => each.key !== noted.key), noted]);
}

/** What comes for it waits on the bus again. @throws WrongUsage for one that is not noted as lost */
export function forgetLostKey(dir: string, key: string): void {
  const lost = readLostKeys(dir);
  const left = lost.filter(each => each.key !== key.toLowerCase());
  if (left.length === lost.length) throw new WrongUsage(`${key}: nobody has said that it is lost`);
  write(dir, left);
}

function write(dir: string, lost: readonly LostKey[]): void {
  orWrongUsage(() => writeDurably(uplinkPlaces(dir).lostKeys, `${JSON.stringify({ lost })}\n`, 0o600));
}
