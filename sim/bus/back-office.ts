/** What the validators are given: trust, keys, policy, and a link cache written anew when a health code changes. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { toHex } from '../../device/core/bytes.ts';
import { type Phase, pilotPolicy } from '../../device/core/policy.ts';
import { candidates, takeAway } from '../../sync/cache/directory.ts';
import { buildLinkCache } from '../links/build.ts';
import type { Link } from '../links/people.ts';
import { createAuthority, type Issuer } from '../media/authority.ts';
import type { SharedFiles } from './validator-post.ts';

export type DataState = 'fresh' | 'stale' | 'missing';

export interface BackOffice {
  readonly files: SharedFiles;
  /** Issues the passengers' ride codes. */
  readonly issuer: Issuer;
  publish(people: readonly Link[], state: DataState): void;
}

const dayMs = 86_400_000;

/** @param phase what the pilot is at now, whatever the real date is */
export function setUpBackOffice(directory: string, phase: Phase, now: number): BackOffice {
  mkdirSync(directory, { recursive: true });
  const file = (name: string) => join(directory, name);
  const files: SharedFiles = {
    trust: file('trust.json'),
    fleetKeys: file('fleet-keys.json'),
    links: file('links'),
    policy: file('policy.yaml'),
  };
  const authority = createAuthority();
  const key = { id: 'sim-1', key: randomBytes(32) };
  writeFileSync(files.trust, JSON.stringify({ rootRecords: [toHex(authority.rootRecord)] }));
  writeFileSync(files.fleetKeys, JSON.stringify({ keys: [{ id: key.id, key: toHex(key.key) }] }), {
    mode: 0o600,
  });
  writeFileSync(files.policy, stringify({ ...pilotPolicy, ...datesFor(phase, now) }));

  return {
    files,
    issuer: authority.issue(),
    publish(people, state) {
      if (state === 'missing') removeGenerations(files.links);
      else buildLinkCache(files.links, people, key, Date.now() - (state === 'stale' ? 2 * dayMs : 0));
    },
  };
}

function removeGenerations(cache: string): void {
  for (const name of candidates(cache)) takeAway(cache, name);
}

/** The pilot's dates, moved so that the wanted phase begins now; enforced keeps the announced ones. */
function datesFor(phase: Phase, now: number) {
  const { registrationFrom, trialFrom, enforcedFrom } = pilotPolicy;
  const aDayBefore = registrationFrom - dayMs;
  const begun = {
    before: aDayBefore,
    registration: registrationFrom,
    trial: trialFrom,
    enforced: enforcedFrom,
  };
  const shiftMs = phase === 'enforced' ? 0 : now - begun[phase];
  const iso = (instant: number) => new Date(instant + shiftMs).toISOString();
  return {
    registrationFrom: iso(registrationFrom),
    trialFrom: iso(trialFrom),
    enforcedFrom: iso(enforcedFrom),
  };
}
