/** The devices that this machine has and that a validator could use, found by their names alone: none is opened. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { listCardReaders } from './card-reader/pcsc/list-readers.ts';

export interface FoundDevices {
  /** All slots of all PC/SC readers; null where pcscd could not be asked. */
  readonly cardReaders: string[] | null;
  /** Paths that stay when adapters are plugged in another order, where there are such. */
  readonly serialPorts: string[];
  readonly cameras: string[];
  readonly framebuffers: string[];
}

/** @param dev where the system's devices are. @param sys where the kernel tells of them */
export async function findDevices(dev = '/dev', sys = '/sys'): Promise<FoundDevices> {
  return {
    cardReaders: await listCardReaders(),
    serialPorts: serialPorts(dev, sys),
    cameras: namesIn(dev, /^video\d+$/)
      .filter(name => isFirstNode(join(sys, 'class/video4linux', name, 'index')))
      .map(name => join(dev, name)),
    framebuffers: namesIn(dev, /^fb\d+$/).map(name => join(dev, name)),
  };
}

function serialPorts(dev: string, sys: string): string[] {
  const byId = join(dev, 'serial/by-id');
  const lasting = namesIn(byId, /./)
    .map(name => join(byId, name))
    .filter(path => existsSync(path));
  const named = new Set(lasting.map(path => realpathSync(path)));
  const others = namesIn(dev, /^tty(S|USB|ACM|AMA|XRUSB|mxc)\d+$/)
    .filter(name => isThere(join(sys, 'class/tty', name, 'type')))
    .map(name => join(dev, name))
    .filter(path => !named.has(realpathSync(path)));
  return [...lasting, ...others];
}

/** The kernel has names for many 8250 ports that no machine has: their type is 0. Adapters have no type. */
function isThere(typeFile: string): boolean {
  return read(typeFile)?.trim() !== '0';
}

/** A camera's second node carries its metadata, and no pictures. */
function isFirstNode(indexFile: string): boolean {
  return Number(read(indexFile) ?? 0) === 0;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function namesIn(folder: string, wanted: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter(name => wanted.test(name))
      .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch {
    return [];
  }
}
