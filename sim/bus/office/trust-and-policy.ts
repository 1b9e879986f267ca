/** The root authority of ride codes and the policy, written as the files that back office and validators read. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { toHex } from '../../../device/core/bytes.ts';
import type { Phase } from '../../../device/core/phase.ts';
import { type Policy, phaseAt, pilotPolicy } from '../../../device/core/policy.ts';
import { createAuthority, type Issuer } from '../../media/authority.ts';

export interface TrustAndPolicy {
  readonly phase: Phase;
  /** When registration opens or has opened, in Unix milliseconds. */
  readonly opensAt: number;
  readonly files: { readonly trust: string; readonly policy: string };
  /** Issues the passengers' ride codes. */
  readonly issuer: Issuer;
  /** Moves the policy's dates so that the pilot is at this moment now. */
  setPhase(moment: PilotMoment, now: number): void;
}

export const phases: readonly Phase[] = ['before', 'registration', 'trial', 'enforced'];
/** Where in its calendar the pilot is: at the beginning of a phase, or at an instant (Unix milliseconds). */
export type PilotMoment = Phase | number;
/** After this moment the moved dates of the policy would need years of five digits. */
export const latestMoment = Date.parse('3000-01-01T00:00:00Z');

/** Rules other than the pilot's own. */
export type PolicyRules = Partial<Pick<Policy, 'lines' | 'freshness' | 'repeatWindowS'>>;

export const dayMs = 86_400_000;

/** @param moment where the pilot is now, whatever the real date is */
export function writeTrustAndPolicy(
  directory: string,
  moment: PilotMoment,
  now: number,
  rules: PolicyRules = {},
): TrustAndPolicy {
  mkdirSync(directory, { recursive: true });
  const files = { trust: join(directory, 'trust.json'), policy: join(directory, 'policy.yaml') };
  const authority = createAuthority();
  writeFileSync(files.trust, JSON.stringify({ rootRecords: [toHex(authority.rootRecord)] }));
  let phase = phaseOf(moment);
  let dates = datesFor(moment, now);

  function writePolicy(): void {
    // A new file in its place: the publisher may be reading the old one.
    writeFileSync(`${files.policy}.new`, stringify({ ...pilotPolicy, ...dates, ...rules }));
    renameSync(`${files.policy}.new`, files.policy);
  }

  writePolicy();
  return {
    get phase() {
      return phase;
    },
    get opensAt() {
      return Date.parse(dates.registrationFrom);
    },
    files,
    issuer: authority.issue(),
    setPhase(next, at) {
      phase = phaseOf(next);
      dates = datesFor(next, at);
      writePolicy();
    },
  };
}

function phaseOf(moment: PilotMoment): Phase {
  return typeof moment === 'number' ? phaseAt(pilotPolicy, moment) : moment;
}

/** The pilot's dates, moved so that the wanted moment is now; enforced keeps the announced ones. */
function datesFor(moment: PilotMoment, now: number) {
  const { registrationFrom, trialFrom, enforcedFrom } = pilotPolicy;
  const aDayBefore = registrationFrom - dayMs;
  const begun = {
    before: aDayBefore,
    registration: registrationFrom,
    trial: trialFrom,
    enforced: enforcedFrom,
  };
  const shiftMs = moment === 'enforced' ? 0 : now - (typeof moment === 'number' ? moment : begun[moment]);
  const iso = (instant: number) => new Date(instant + shiftMs).toISOString();
  return {
    registrationFrom: iso(registrationFrom),
    trialFrom: iso(trialFrom),
    enforcedFrom: iso(enforcedFrom),
  };
}
