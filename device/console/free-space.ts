/** How much room there is where the validator could not write. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withinTime } from '../kit/time.ts';
import type { Config } from '../settings/config.ts';
import type { Fault } from './faults.ts';

/** A disk that does not answer must not keep the technician waiting. */
const askMs = 500;
const ofStorage = /EFBIG|ENOSPC|EDQUOT|disk|full|SQLITE/i;

/** Adds the path and its free space to a fault that is one of storage. */
export async function withFreeSpace(
  fault: Fault,
  { journal, links }: Pick<Config, 'journal' | 'links'>,
): Promise<Fault> {
  if (fault.kind === 'journal')
    return { ...fault, what: `${fault.what}; ${await freeAt(journal, dirname(journal))}` };
  const isOfStorage = (fault.kind === 'feed' || fault.kind === 'links') && ofStorage.test(fault.what);
  return isOfStorage ? { ...fault, what: `${fault.what}; ${await freeAt(links.cache, links.cache)}` } : fault;
}

async function freeAt(path: string, directory: string): Promise<string> {
  const asked = statfs(directory).then(
    ({ bavail, blocks, bsize }) => `${size(bavail * bsize)} of ${size(blocks * bsize)} free`,
    () => 'its disk does not say how much is free',
  );
  return `${path}: ${await withinTime(asked, askMs, () => 'its disk does not answer')}`;
}

function size(bytes: number): string {
  const kib = bytes / 1024;
  if (kib < 1024) return `${Math.floor(kib)} KiB`;
  return kib < 1024 ** 2 ? `${(kib / 1024).toFixed(1)} MiB` : `${(kib / 1024 ** 2).toFixed(1)} GiB`;
}
