/** What a validator is given beside its data: the root authority of ride codes, and the policy. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { toHex } from '../../device/core/bytes.ts';
import { type Phase, type Policy, phaseAt, pilotPolicy } from '../../device/core/policy.ts';
import { createAuthority, type Issuer } from '../media/authority.ts';

export interface TrustAndPolicy {
  readonly files: { readonly trust: string; readonly policy: string };
  /** Issues the passengers' ride codes. */
  readonly issuer: Issuer;
  /** Writes the policy anew. */
  setPhase(moment: PilotMoment, now: number): void;
}

export const phases: readonly Phase[] = ['before', 'registration', 'trial', 'enforced'];
/** Where in its calendar the pilot is: at the beginning of a phase, or at an instant (Unix milliseconds). */
export type PilotMoment = Phase | number;
/** Beyond that the policy's dates, moved so that it is then, would have no year of four digits. */
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
  function setPhase(next: PilotMoment, at: number): void {
    const policy = stringify({ ...pilotPolicy, ...datesFor(next, at), ...rules });
    // The publisher may be reading it.
    writeFileSync(`${files.policy}.new`, policy);
    renameSync(`${files.policy}.new`, files.policy);
  }
  setPhase(moment, now);
  return { files, issuer: authority.issue(), setPhase };
}

/** When registration opens, or has, where the pilot is at this moment now. */
export function openingOf(moment: PilotMoment, now: number): number {
  return Date.parse(datesFor(moment, now).registrationFrom);
}

export function phaseOf(moment: PilotMoment): Phase {
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
