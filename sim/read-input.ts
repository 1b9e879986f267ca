/** Reads a file that a tester named, up to a limit. */
import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../device/errors.ts';
import { WrongUsage } from './wrong-usage.ts';

/** @throws WrongUsage, naming the file, when it cannot be read or is longer than `maxBytes` */
export function readInput(path: string, maxBytes: number): Buffer {
  try {
    const { size } = statSync(path);
    if (size > maxBytes) throw new Error(`${size} bytes, at most ${maxBytes} are read`);
    return readFileSync(path);
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
}
