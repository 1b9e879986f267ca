/** Reads files that somebody named: plain files, up to a limit. */
import { readFileSync, statSync } from 'node:fs';
import { messageOf, WrongUsage } from './errors.ts';
import { printable } from './printable.ts';
import { decodeUtf8 } from './text.ts';

/** @throws Error when it cannot be read, is longer than `maxBytes`, or is a pipe or a device, which might never end */
export function readPlainFile(path: string, maxBytes: number): Buffer {
  const found = statSync(path);
  if (!found.isFile()) throw new Error('is no plain file');
  if (found.size > maxBytes) throw new Error(`${found.size} bytes, at most ${maxBytes} are read`);
  return readFileSync(path);
}

/** @throws Error as `readPlainFile`; NotUtf8 */
export function readPlainText(path: string, maxBytes: number): string {
  return decodeUtf8(readPlainFile(path, maxBytes));
}

/** @throws WrongUsage, naming the file, when it is no plain file, cannot be read or is longer than `maxBytes` */
export function readInput(path: string, maxBytes: number): Buffer {
  return named(path, () => readPlainFile(path, maxBytes));
}

/** @throws WrongUsage as `readInput`, and where it is not UTF-8 */
export function readInputText(path: string, maxBytes: number): string {
  return named(path, () => readPlainText(path, maxBytes));
}

function named<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new WrongUsage(printable(`${path}: ${messageOf(error)}`));
  }
}
