/** What the back office remembers of the bundles that it has issued: their numbers, and the keys of buses. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { messageOf, orWrongUsage, WrongUsage } from '../../../device/kit/errors.ts';
import { readOwnFile } from '../../../device/kit/own-file.ts';
import { provisioningPlaces } from './authority.ts';

const numbers = z.record(z.string(), z.int().min(1));
const busKeys = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

/** It is on the disk before the bundle is: no number is given twice. @throws WrongUsage */
export function nextNumber(dir: string, device: string): number {
  const { numbers: file } = provisioningPlaces(dir);
  const given = new Map(Object.entries(read(file, numbers)));
  const next = (given.get(device) ?? 0) + 1;
  write(file, given.set(device, next));
  return next;
}

/** The same for all validators of a bus, made when the first asks. @returns 64 hex digits. @throws WrongUsage */
export function busKeyOf(dir: string, bus: string): string {
  const { busKeys: file } = provisioningPlaces(dir);
  const keys = new Map(Object.entries(read(file, busKeys)));
  const known = keys.get(bus);
  if (known !== undefined) return known;
  const made = randomBytes(32).toString('hex');
  write(file, keys.set(bus, made));
  return made;
}

function read<T extends object>(path: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(existsSync(path) ? JSON.parse(readOwnFile(path).toString()) : {});
  } catch (error) {
    throw new WrongUsage(
      `${path}: ${error instanceof z.ZodError ? 'not what is kept there' : messageOf(error)}`,
    );
  }
}

function write(path: string, values: ReadonlyMap<string, unknown>): void {
  const text = `${JSON.stringify(Object.fromEntries(values))}\n`;
  orWrongUsage(() => writeDurably(path, text, 0o600));
}
