/**
 * A clean Debian with a systemd of its own, in namespaces of this machine: what runs there shares its network and nothing else. Its control
 * groups are beneath one of their own, its kernel settings cannot be written, and its mounts are gone with it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram } from '../../../drivers/wire/program.ts';
import { type TestContext, until } from '../../harness.ts';
import type { Requirement } from '../../left-out.ts';
import { temporaryDirectory } from '../../temporary.ts';

const release = 'bookworm';
const mirror = 'http://deb.debian.org/debian';
/** What the package depends on, and a systemd. */
const included = 'systemd,systemd-sysv,dbus,libpcsclite1,libstdc++6';
const groups = cgroupMount();

/** It takes some minutes and the network: only who asks for it has it. */
export const cleanMachine: Exclude<Requirement, string> = {
  what: 'TEST_INSTALL=1 in the environment, root, debootstrap, and cgroup2 (installs the package in a clean Debian)',
  packages: ['debootstrap', 'dpkg-dev'],
  met: () =>
    process.env.TEST_INSTALL !== undefined &&
    process.getuid?.() === 0 &&
    ['debootstrap', 'dpkg-shlibdeps', 'unshare', 'nsenter'].every(program => isProgram(program)) &&
    groups !== undefined,
};

export interface CleanMachine {
  /** @returns what it says, trimmed. @throws where it fails, with what it says */
  run(...command: readonly string[]): string;
  /** Where a path in the machine is for this process. */
  path(inside: string): string;
}

/** As a container manager does, but for the network; @param root the Debian, on a disk */
const boot = `
set -eu
cd "$1"
mount --bind . .
cd "$1"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,ro,bind proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
exec chroot . /usr/bin/env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal --show-status=no
`;

/** What starts is the journal and the bus, and what the test starts. */
const target = `[Unit]
Requires=systemd-journald.service dbus.socket
After=systemd-journald.service dbus.socket
`;

export async function startCleanMachine(context: TestContext): Promise<CleanMachine> {
  const root = join(temporaryDirectory(context), 'root');
  // In a namespace of its own: what it mounts while it works is gone with it, also where it is killed.
  execFileSync(
    'unshare',
    ['--mount', 'debootstrap', '--variant=minbase', `--include=${included}`, release, root, mirror],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  makeQuiet(root);
  const group = join(groups ?? '', `fare-validator-test-${process.pid}`);
  mkdirSync(group);
  context.after(() => removeGroups(group));
  const namespaces = ['--mount', '--pid', '--cgroup', '--uts', '--ipc', '--fork', '--kill-child'];
  const enter = `echo $$ > '${group}/cgroup.procs'; exec unshare ${namespaces.join(' ')} sh -c "$1" sh "$2"`;
  const outer = spawn('sh', ['-c', enter, 'sh', boot, root], { stdio: ['ignore', 'inherit', 'inherit'] });
  context.after(() => outer.kill('SIGKILL'));
  const children = `/proc/${outer.pid}/task/${outer.pid}/children`;
  const pid = await until(
    'it boots',
    () => existsSync(children) && (readFileSync(children, 'utf8').trim() || undefined),
  );
  const inside = [
    '--mount',
    '--pid',
    '--cgroup',
    '--uts',
    '--ipc',
    '--root',
    '--wd',
    '--target',
    String(pid),
  ];
  const clean = [
    'env',
    '-i',
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    'LC_ALL=C.UTF-8',
    'DEBIAN_FRONTEND=noninteractive',
  ];
  const run = (...command: readonly string[]) =>
    execFileSync('nsenter', [...inside, ...clean, ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  await until('systemd is up', () => {
    try {
      return run('systemctl', 'is-active', 'default.target') === 'active';
    } catch {
      return false;
    }
  });
  return { run, path: place => `/proc/${pid}/root${place}` };
}

/** Nothing of it sets kernel variables, loads modules or looks for disks. */
function makeQuiet(root: string): void {
  const units = join(root, 'lib/systemd/system');
  for (const wants of ['sysinit', 'local-fs', 'sockets', 'timers', 'multi-user'].map(
    name => `${name}.target.wants`,
  ))
    execFileSync('rm', ['-rf', join(units, wants), join(root, 'etc/systemd/system', wants)]);
  writeFileSync(join(root, 'etc/systemd/system/default.target'), target);
}

function cgroupMount(): string | undefined {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.map(line => line.split(' ')).find(([, , type]) => type === 'cgroup2')?.[1];
}

/** Once nobody is in them any more. */
async function removeGroups(group: string): Promise<void> {
  await until(
    'all of it has ended',
    () => !readFileSync(join(group, 'cgroup.events'), 'utf8').includes('populated 1'),
  );
  const remove = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) remove(join(folder, entry.name));
    rmdirSync(folder);
  };
  remove(group);
}
