/**
 * A disk that takes nothing more, for one process and without root: its files may not grow beyond zero bytes, which makes
 * each write fail with EFBIG (Node ignores the SIGXFSZ that comes with it). Only the soft limit is moved, so that it may
 * be lifted again. What the disk says of itself (statfs) is what it is: only a write tells. prlimit is of util-linux.
 */
import { execFileSync } from 'node:child_process';
import { messageOf } from '../../device/errors.ts';
import { isProgram } from '../../drivers/is-program.ts';

/** What is missing to fill one, in words; undefined where nothing is. */
export function missingForFullDisk(): string | undefined {
  return isProgram('prlimit') ? undefined : 'prlimit (Debian package util-linux)';
}

/** The command with a full disk from its first instruction on; it keeps its process id. */
export function withFullDisk(command: readonly string[]): string[] {
  return ['prlimit', '--fsize=0:', '--', ...command];
}

/** Of a process that is running. */
export function setDiskFull(pid: number, isFull: boolean): void {
  const limit = isFull ? '0' : 'unlimited';
  try {
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${limit}:`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    throw new Error(`the disk of process ${pid} cannot be set to ${limit}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
