/**
 * A full disk for one process, without root: its files may not grow beyond zero bytes, so each write fails with EFBIG (Node
 * ignores the SIGXFSZ that comes with it). Only the soft limit is moved, so that it can be lifted again. statfs still tells
 * the disk's real space: only a write fails. prlimit is part of util-linux.
 */
import { execFileSync } from 'node:child_process';
import { messageOf } from '../../device/kit/errors.ts';
import { isProgram } from '../../drivers/wire/program.ts';

/** Names what this machine lacks to fill one; undefined where it lacks nothing. */
export function missingForFullDisk(): string | undefined {
  return isProgram('prlimit') ? undefined : 'prlimit (Debian package util-linux)';
}

/** The command that runs this command with a full disk from the start, under the same process id. */
export function withFullDisk(command: readonly string[]): string[] {
  return ['prlimit', '--fsize=0:', '--', ...command];
}

/** For a process that is running. */
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
