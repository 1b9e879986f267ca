/** Reads a file whose name somebody gave, up to a limit. */
import { readFileSync, statSync } from 'node:fs';

/** @throws Error when it cannot be read, is longer than `maxBytes`, or is a pipe or a device, which might never end */
export function readPlainFile(path: string, maxBytes: number): Buffer {
  const found = statSync(path);
  if (!found.isFile()) throw new Error('is no plain file');
  if (found.size > maxBytes) throw new Error(`${found.size} bytes, at most ${maxBytes} are read`);
  return readFileSync(path);
}
