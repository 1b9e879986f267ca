/** A file system of half a megabyte, for what happens when a disk is full. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Requirement, TestContext } from './harness.ts';

const mount = (directory: string) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory], { stdio: 'ignore' });
const unmount = (directory: string) => execFileSync('umount', [directory], { stdio: 'ignore' });

export const smallDisk: Requirement = {
  what: 'the right to mount (root)',
  met() {
    const directory = mkdtempSync(join(tmpdir(), 'validator-mount-'));
    try {
      mount(directory);
      unmount(directory);
      return true;
    } catch {
      return false;
    } finally {
      rmdirSync(directory);
    }
  },
};

export function mountSmallDisk(directory: string, { after }: TestContext): void {
  mount(directory);
  after(() => unmount(directory));
}

/** Writes a file until nothing more fits. */
export function fillDisk(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(1 << 20));
  } catch {
    // What fitted is written.
  }
}
