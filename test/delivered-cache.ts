/** A back office without a feed: the link cache is delivered to the validator as a whole, as by `links build`. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../device/core/bytes.ts';
import type { Phase } from '../device/core/phase.ts';
import { dayMs, writeTrustAndPolicy } from '../sim/bus/office/trust-and-policy.ts';
import type { SharedFiles } from '../sim/bus/validator-settings.ts';
import type { Issuer } from '../sim/media/authority.ts';
import { candidates, takeAway } from '../sync/cache/directory.ts';
import { buildLinkCache } from '../sync/commands/links-command.ts';
import type { Link } from '../sync/publisher/table/people.ts';

export type DataState = 'fresh' | 'stale' | 'missing';

export interface BackOffice {
  readonly files: SharedFiles & { readonly links: string };
  readonly issuer: Issuer;
  publish(people: readonly Link[], state: DataState): void;
}

/** @param phase what the pilot is at now, whatever the real date is */
export function setUpBackOffice(directory: string, phase: Phase, now: number): BackOffice {
  const { files, issuer } = writeTrustAndPolicy(directory, phase, now);
  const key = { id: 'test-1', key: randomBytes(32) };
  const fleetKeys = join(directory, 'fleet-keys.json');
  writeFileSync(fleetKeys, JSON.stringify({ keys: [{ id: key.id, key: toHex(key.key) }] }), { mode: 0o600 });
  const links = join(directory, 'links');
  return {
    files: { ...files, fleetKeys, links },
    issuer,
    publish(people, state) {
      if (state === 'missing') for (const name of candidates(links)) takeAway(links, name);
      else buildLinkCache(links, people, key, Date.now() - (state === 'stale' ? 2 * dayMs : 0));
    },
  };
}
