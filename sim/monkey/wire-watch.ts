/** Watches one validator's wires: a wire that nobody touched must not fail, and a mended one must work again soon. */
import type { LogLine } from '../bus/firmware-process.ts';
import { crewKeyName, doorContactName, voiceNames } from '../bus/validator-settings.ts';
import type { Disagreement } from './disagreement.ts';
import type { ValidatorLog } from './validator-log.ts';

export interface WireWatch {
  /** Something is about to be done to it. */
  begin(command: string, now: number): void;
  /** @returns a fault of a part that nothing was done to */
  hear(line: LogLine, log: ValidatorLog, now: number): Disagreement | undefined;
  /** @returns a part that should be back by now */
  broken(log: ValidatorLog, now: number): Disagreement | undefined;
  readonly isFrozen: boolean;
}

/** The monkey touches none of their wires. */
const neverFail = new Set(['card', 'zxing', 'journal', 'console']);
const { passenger: voice, crew: crewVoice } = voiceNames;
const wires = [
  'scanner',
  'camera',
  'gnss',
  'passenger',
  'crew',
  voice,
  crewVoice,
  crewKeyName,
  doorContactName,
];
/** A touch explains a wire's faults for so long: a picture counts as frozen only after ten seconds. */
const explainsMs = 15_000;
/** The firmware promises 2 s; the machine may be busy. */
const backLimitMs = 30_000;
const goodStates = new Set(['fix', 'no-fix', 'stop', 'at', 'drive', 'drive-back', 'offset', 'rollover']);

export function createWireWatch(): WireWatch {
  const touchedAt = new Map<string, number>();
  let isFrozen = false;
  let isGnssGood = true;

  function isExplained(name: string, now: number): boolean {
    const stillBroken = (name === 'camera' && isFrozen) || (name === 'gnss' && !isGnssGood);
    return stillBroken || now - (touchedAt.get(name) ?? Number.NEGATIVE_INFINITY) < explainsMs;
  }

  return {
    begin(command, now) {
      const [name, , what = ''] = command.split(' ');
      if (name === 'unplug') touchedAt.set(what, now);
      if (name === 'freeze') {
        isFrozen = what === 'on';
        touchedAt.set('camera', now);
      }
      if (name === 'gnss') {
        // A new place or a lying clock does not mend a receiver that is silent.
        if (what === 'fix' || !goodStates.has(what)) isGnssGood = goodStates.has(what);
        touchedAt.set('gnss', now);
      }
    },
    hear({ event, name, kind, problem }, { upSince }, now) {
      const part = String(name);
      // The far end of every wire is in the monkey's process: on a busy machine it may be late for a while.
      if (event !== 'part-fault' || kind === 'timeout') return undefined;
      const isUp = upSince !== undefined;
      const isUntouched = neverFail.has(part) || (isUp && wires.includes(part) && !isExplained(part, now));
      if (!isUntouched) return undefined;
      return { kind: 'fault', expected: `${part} works: nobody touched it`, got: String(problem) };
    },
    broken({ parts, upSince }, now) {
      if (upSince === undefined || now - upSince < backLimitMs) return undefined;
      const overdue = [...wires, ...neverFail].find(name => {
        const part = parts.get(name);
        const isOut = part !== undefined && !part.works && now - part.since > backLimitMs;
        return isOut && !isExplained(name, now);
      });
      if (overdue === undefined) return undefined;
      const got = `${overdue}: ${parts.get(overdue)?.problem}`;
      return { kind: 'wire', expected: `${overdue} works again within ${backLimitMs / 1000} s`, got };
    },
    get isFrozen() {
      return isFrozen;
    },
  };
}
