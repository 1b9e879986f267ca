/** Reads a file that a tester named, up to a limit. */
import { messageOf } from '../device/errors.ts';
import { readPlainFile } from '../device/settings/plain-file.ts';
import { WrongUsage } from './wrong-usage.ts';

/** @throws WrongUsage, naming the file, when it is no plain file, cannot be read or is longer than `maxBytes` */
export function readInput(path: string, maxBytes: number): Buffer {
  try {
    return readPlainFile(path, maxBytes);
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
}
