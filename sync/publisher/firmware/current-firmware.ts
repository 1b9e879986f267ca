/** The firmware that each version of a feed names, as it was last signed. */
import { MetaFile } from '@tufjs/models';
import { firmwarePaths, firmwareRole } from '../../feed/firmware-target.ts';
import { newestRoot } from '../signing/root-metadata.ts';
import type { DelegatedMetadata } from '../signing/tuf-repository.ts';
import { readFirmwareList } from './firmware-list.ts';

export interface CurrentFirmware {
  readonly delegated: DelegatedMetadata;
  /** Names of the targets' files. */
  readonly files: readonly string[];
}

/** @returns undefined for a feed without firmware */
export function currentFirmware(dir: string): CurrentFirmware | undefined {
  const { firmware: key } = newestRoot(dir).keys;
  const { version, metadata, targets } = readFirmwareList(dir);
  if (key === undefined || metadata === undefined) return undefined;
  const role = {
    name: firmwareRole,
    keyids: [key.keyID],
    threshold: 1,
    terminating: true,
    paths: [firmwarePaths],
  };
  const keys = { [key.keyID]: { keytype: 'ed25519', scheme: 'ed25519', keyval: key.keyVal } };
  const { sha256, length } = metadata;
  return {
    delegated: {
      delegations: { keys, roles: [role] },
      meta: { [`${firmwareRole}.json`]: new MetaFile({ version, length, hashes: { sha256 } }) },
    },
    files: targets.map(({ sha256: hash, name }) => `${hash}.${name}`),
  };
}
