/** Disks that fill up, break or are read-only: file systems of their own, which only root may mount. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from './harness.ts';
import type { Requirement } from './left-out.ts';
import { temporaryDirectory } from './temporary.ts';

const mount = (directory: string) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory], { stdio: 'ignore' });
const unmount = (directory: string) => execFileSync('umount', [directory], { stdio: 'ignore' });

/** Half a megabyte. */
export const smallDisk: Requirement = {
  what: 'the right to mount (root)',
  packages: [],
  met: () => canMount(mount),
};

export function mountSmallDisk(directory: string, { after }: TestContext): void {
  mount(directory);
  after(() => unmount(directory));
}

export function remount(directory: string, how: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${how}`, directory], { stdio: 'ignore' });
}

const ext4Bytes = 16 << 20;
const makeExt4 = (image: string) => {
  writeFileSync(image, '');
  truncateSync(image, ext4Bytes);
  execFileSync('mkfs.ext4', ['-q', '-F', image], { stdio: 'ignore' });
};
const mountImage = (image: string, directory: string) =>
  execFileSync('mount', ['-o', 'loop', image, directory], { stdio: 'ignore' });

/** A file system that can break. */
export const ext4Disk: Requirement = {
  what: 'the right to mount ext4 (root), and mkfs.ext4',
  packages: ['e2fsprogs'],
  met: () =>
    canMount(directory => {
      const image = `${directory}.img`;
      try {
        makeExt4(image);
        mountImage(image, directory);
      } finally {
        rmSync(image, { force: true });
      }
    }),
};

/** @returns what breaks it, as ext4 does by itself when the disk beneath it fails: it takes no write any more */
export function mountExt4Disk(directory: string, context: TestContext): { breakDown(): void } {
  const image = join(temporaryDirectory(context), 'image');
  makeExt4(image);
  mountImage(image, directory);
  context.after(() => unmount(directory));
  return {
    breakDown: () => execFileSync('mount', ['-o', 'remount,abort', directory], { stdio: 'ignore' }),
  };
}

function canMount(mountAt: (directory: string) => void): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'validator-mount-'));
  try {
    mountAt(directory);
    unmount(directory);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(directory);
  }
}

/** Writes a file until nothing more fits. */
export function fillDisk(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(1 << 20));
  } catch {
    // What fitted is written.
  }
}
