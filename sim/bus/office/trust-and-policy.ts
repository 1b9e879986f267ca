/** The root authority of ride codes and the policy, written as the files that back office and validators read. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { toHex } from '../../../device/core/bytes.ts';
import type { Phase } from '../../../device/core/phase.ts';
import { type Policy, phaseAt, pilotPolicy } from '../../../device/core/policy.ts';
import { createAuthority, type Issuer } from '../../media/authority.ts';

export interface TrustAndPolicy {
  /** @param now Unix milliseconds */
  phaseAt(now: number): Phase;
  readonly freshness: Policy['freshness'];
  readonly crewCheck: Policy['crewCheck'];
  /** When registration opens or has opened, in Unix milliseconds. */
  readonly opensAt: number;
  readonly files: { readonly trust: string; readonly policy: string };
  /** Issues the passengers' ride codes. */
  readonly issuer: Issuer;
  /** Moves the policy's dates so that the pilot is at this moment now. @returns whether the policy is another one */
  setPhase(moment: PilotMoment, now: number): boolean;
  /** What is left out stays. @returns whether the policy is another one */
  setRules(rules: PolicyRules): boolean;
}

/** Where in its calendar the pilot is: at the beginning of a phase, at an instant (Unix milliseconds), or where the clock says. */
export type PilotMoment = Phase | number | 'by-the-clock';
/** After this moment the moved dates of the policy would need years of five digits. */
export const latestMoment = Date.parse('3000-01-01T00:00:00Z');

/** Rules other than the pilot's own. */
export type PolicyRules = Partial<Pick<Policy, 'lines' | 'freshness' | 'repeatWindowS' | 'crewCheck'>>;

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
  let rulesNow = rules;
  let dates = datesFor(moment, now);
  let written = '';

  function writePolicy(): boolean {
    const text = stringify({ ...pilotPolicy, ...isoDates(dates), ...rulesNow });
    if (text === written) return false;
    // A new file in its place: the publisher may be reading the old one.
    writeFileSync(`${files.policy}.new`, text);
    renameSync(`${files.policy}.new`, files.policy);
    written = text;
    return true;
  }

  writePolicy();
  return {
    phaseAt: at => phaseAt({ ...pilotPolicy, ...dates }, at),
    get freshness() {
      return rulesNow.freshness ?? pilotPolicy.freshness;
    },
    get crewCheck() {
      return rulesNow.crewCheck ?? pilotPolicy.crewCheck;
    },
    get opensAt() {
      return dates.registrationFrom;
    },
    files,
    issuer: authority.issue(),
    setPhase(next, at) {
      dates = datesFor(next, at);
      return writePolicy();
    },
    setRules(changed) {
      rulesNow = { ...rulesNow, ...changed };
      return writePolicy();
    },
  };
}

type PilotDates = Pick<Policy, 'registrationFrom' | 'trialFrom' | 'enforcedFrom'>;

function isoDates(dates: PilotDates) {
  return Object.fromEntries(
    Object.entries(dates).map(([name, instant]) => [name, new Date(instant).toISOString()]),
  );
}

/** The pilot's dates, moved so that the wanted moment is now; where it is by the announced ones, they stay. */
function datesFor(moment: PilotMoment, now: number): PilotDates {
  const { registrationFrom, trialFrom, enforcedFrom } = pilotPolicy;
  const aDayBefore = registrationFrom - dayMs;
  const begun = {
    before: aDayBefore,
    registration: registrationFrom,
    trial: trialFrom,
    enforced: enforcedFrom,
  };
  const isAnnounced = moment === 'by-the-clock' || (moment === 'enforced' && now >= enforcedFrom);
  const shiftMs = isAnnounced ? 0 : now - (typeof moment === 'number' ? moment : begun[moment]);
  return {
    registrationFrom: registrationFrom + shiftMs,
    trialFrom: trialFrom + shiftMs,
    enforcedFrom: enforcedFrom + shiftMs,
  };
}
