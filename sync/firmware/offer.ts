/** The firmware that a feed announces: what its delegated role signs, with the key that the root metadata names for it. */
import type { Updater } from 'tuf-js';
import type { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import { z } from 'zod';
import { messageOf } from '../../device/kit/errors.ts';
import {
  type FirmwareTarget,
  firmwareCustom,
  firmwareKeysField,
  firmwarePaths,
  firmwareRole,
  maxArchiveBytes,
} from '../feed/firmware-target.ts';

/** Of one version of the feed. */
export interface FirmwareOffer {
  readonly targets: readonly FirmwareTarget[];
  /** Why they cannot be known; links and policy are taken all the same. */
  readonly problem?: string;
}

const namedKeys = z.array(z.string());
const noFirmware: FirmwareOffer = { targets: [] };

/** @param updater has refreshed; what it fetches is verified against the feed's snapshot, and kept with the rest */
export async function readOffer(updater: Updater, store: TrustedMetadataStore): Promise<FirmwareOffer> {
  const role = store.targets?.signed.delegations?.roles?.[firmwareRole];
  if (role === undefined) return noFirmware;
  try {
    refuseForeignKeys(store, role);
    // Nothing is called so: it has tuf-js load the role's metadata.
    await updater.getTargetInfo(firmwarePaths.replace('*', ''));
    const signed = store.getRole(firmwareRole)?.signed;
    return { targets: Object.values(signed && 'targets' in signed ? signed.targets : {}).flatMap(targetOf) };
  } catch (error) {
    return { targets: [], problem: `firmware: ${messageOf(error)}` };
  }
}

/** @throws Error where whoever signs targets has named a key of their own for firmware */
function refuseForeignKeys(
  { root, targets }: TrustedMetadataStore,
  role: { readonly keyIDs: readonly string[]; readonly threshold: number },
): void {
  const named = namedKeys.safeParse(root.signed.unrecognizedFields[firmwareKeysField]);
  const trusted = new Set(named.success ? named.data : []);
  const keys = targets?.signed.delegations?.keys ?? {};
  for (const id of role.keyIDs) {
    const key = keys[id];
    if (key?.keyType !== 'ed25519' || !trusted.has(key.keyVal.public ?? ''))
      throw new Error('the root metadata names another key for it than the targets metadata');
  }
}

/** What this firmware does not understand is for another. */
function targetOf(target: {
  readonly path: string;
  readonly length: number;
  readonly hashes: Readonly<Record<string, string>>;
  readonly custom: Record<string, unknown>;
}): FirmwareTarget[] {
  const custom = firmwareCustom.safeParse(target.custom);
  const { sha256 } = target.hashes;
  if (!custom.success || sha256 === undefined || target.length > maxArchiveBytes) return [];
  return [{ ...custom.data, name: target.path, sha256, length: target.length }];
}
