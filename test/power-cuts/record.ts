/** Runs a program under strace, and reads what it did to its folder. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestContext } from '../harness.ts';
import { temporaryDirectory } from '../temporary.ts';
import { type Operation, operationsIn, traced } from './operations.ts';

/** Larger than any write of these programs: strace cuts off what is longer. */
const longest = 4 << 20;

/** @param program of this folder; it gets its folder, empty, and the words */
export async function record(
  context: TestContext,
  program: string,
  ...words: readonly string[]
): Promise<readonly Operation[]> {
  const directory = temporaryDirectory(context);
  const [trace, folder] = [join(directory, 'trace'), join(directory, 'work')];
  mkdirSync(folder);
  const path = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
  const strace = ['-f', '-yy', '-xx', '-s', String(longest), '-e', `trace=${traced.join(',')}`, '-o', trace];
  await promisify(execFile)('strace', [...strace, process.execPath, path, folder, ...words]);
  return operationsIn(readFileSync(trace, 'latin1'), folder);
}
