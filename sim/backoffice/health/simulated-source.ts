/** A health-code source that testers control: who has which code, how slow it is, how often it fails or contradicts itself. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Status } from '../../../device/core/check.ts';
import type { Identity } from '../store/vault.ts';
import type { HealthAnswer, HealthSource } from './health-source.ts';

export interface HealthCode {
  readonly status: Status;
  readonly testAgeH?: number | undefined;
}

/** For people whose code has not been set: how many of a thousand have each status. The rest are green. */
export type HealthRule = { readonly [S in Exclude<Status, 'green'>]?: number | undefined };

export interface SourceFaults {
  readonly slowMs: number;
  /** The part of all requests that fails, 0 to 1. */
  readonly failing: number;
  /** For everybody it gives two answers of the same moment that disagree. */
  readonly contradicting: boolean;
}

export const noFaults: SourceFaults = { slowMs: 0, failing: 0, contradicting: false };

export interface SimulatedHealthSource extends HealthSource {
  setCode(who: Identity, code: HealthCode): void;
  setRule(rule: HealthRule): void;
  setFaults(faults: SourceFaults): void;
  readonly faults: SourceFaults;
}

export function createSimulatedHealthSource(now: () => number): SimulatedHealthSource {
  const codes = new Map<string, HealthCode>();
  const listeners = new Set<(who: Identity) => void>();
  let rule: HealthRule = {};
  let faults = noFaults;
  let moment = 0;
  const keyOf = ({ phone, name }: Identity) => `${phone} ${name}`;

  function answersOf(who: Identity): HealthAnswer[] {
    const { status, testAgeH } = codes.get(keyOf(who)) ?? { status: byRule(rule, keyOf(who)) };
    const answer = { who: { name: who.name, phone: who.phone }, status, at: moment, testAgeH };
    if (!faults.contradicting) return [answer];
    return [answer, { ...answer, status: status === 'red' ? 'green' : 'red' }];
  }

  return {
    async ask(people, signal) {
      if (faults.slowMs > 0) await delay(faults.slowMs, undefined, { signal });
      if (Math.random() < faults.failing) throw new Error('the source is out of order');
      // Each request is answered as of a moment of its own, because a code may be set between two of them.
      moment = Math.max(now(), moment + 1);
      return people.flatMap(answersOf);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setCode(who, code) {
      codes.set(keyOf(who), code);
      for (const listener of listeners) listener(who);
    },
    setRule(next) {
      rule = next;
    },
    setFaults(next) {
      faults = next;
    },
    get faults() {
      return faults;
    },
  };
}

/** The same person has the same code each time. */
function byRule(rule: HealthRule, key: string): Status {
  let drawn = createHash('sha256').update(key).digest().readUInt32BE() % 1000;
  for (const status of ['unknown', 'yellow', 'red', 'popup'] as const) {
    drawn -= rule[status] ?? 0;
    if (drawn < 0) return status;
  }
  return 'green';
}
