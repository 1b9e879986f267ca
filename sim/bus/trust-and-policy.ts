/** What a validator is given beside its data: the root authority of ride codes, and the policy. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { toHex } from '../../device/core/bytes.ts';
import { type Phase, pilotPolicy } from '../../device/core/policy.ts';
import { createAuthority, type Issuer } from '../media/authority.ts';

export interface TrustAndPolicy {
  readonly files: { readonly trust: string; readonly policy: string };
  /** Issues the passengers' ride codes. */
  readonly issuer: Issuer;
  /** Writes the policy anew. */
  setPhase(phase: Phase, now: number): void;
}

export const phases: readonly Phase[] = ['before', 'registration', 'trial', 'enforced'];
export const dayMs = 86_400_000;

/** @param phase what the pilot is at now, whatever the real date is */
export function writeTrustAndPolicy(directory: string, phase: Phase, now: number): TrustAndPolicy {
  mkdirSync(directory, { recursive: true });
  const files = { trust: join(directory, 'trust.json'), policy: join(directory, 'policy.yaml') };
  const authority = createAuthority();
  writeFileSync(files.trust, JSON.stringify({ rootRecords: [toHex(authority.rootRecord)] }));
  const setPhase = (next: Phase, at: number) =>
    writeFileSync(files.policy, stringify({ ...pilotPolicy, ...datesFor(next, at) }));
  setPhase(phase, now);
  return { files, issuer: authority.issue(), setPhase };
}

/** When registration opens, or has, where the pilot is at this phase now. */
export function openingOf(phase: Phase, now: number): number {
  return Date.parse(datesFor(phase, now).registrationFrom);
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
