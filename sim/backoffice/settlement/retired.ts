/** Validators that are gone for good: what they have not reported will never come, and nothing waits for it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { orWrongUsage, WrongUsage } from '../../../device/kit/errors.ts';

/** Until when each was on its bus, Unix milliseconds, by name. */
export type Retired = ReadonlyMap<string, number>;

const schema = z.strictObject({
  devices: z.array(z.strictObject({ id: z.string().max(64), at: z.number() })).max(1_000_000),
});

/** @param dir the back office's. @throws WrongUsage where the list cannot be read */
export function readRetired(dir: string): Retired {
  const path = placeOf(dir);
  if (!existsSync(path)) return new Map();
  try {
    const { devices } = schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return new Map(devices.map(({ id, at }) => [id, at]));
  } catch {
    throw new WrongUsage(`${path} is no list of validators`);
  }
}

/** @param at Unix milliseconds; undefined for one that is not gone after all */
export function noteRetired(dir: string, id: string, at: number | undefined): void {
  const known = new Map(readRetired(dir));
  if (at === undefined) known.delete(id);
  else known.set(id, at);
  const devices = [...known].map(([name, since]) => ({ id: name, at: since }));
  orWrongUsage(() => writeDurably(placeOf(dir), `${JSON.stringify({ devices })}\n`, 0o600));
}

function placeOf(dir: string): string {
  return join(dir, 'retired.json');
}
