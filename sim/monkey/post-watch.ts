/** What the referee knows of one validator. */

import type { HeardTap } from './heard-tap.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { Presentation } from './presentation.ts';
import { createValidatorLog, type ValidatorLog } from './validator-log.ts';
import { createWireWatch, type WireWatch } from './wire-watch.ts';

export interface PostWatch {
  readonly log: ValidatorLog;
  readonly ledger: Ledger;
  readonly wires: WireWatch;
  /** Taps that no command explains yet. */
  readonly heard: HeardTap[];
  /** What was presented to each reader last, and when: its answer may come late. */
  readonly last: Map<string, { readonly presented: Presentation; readonly at: number }>;
  /** When each sample code was last held to each reader. */
  readonly samplesHeldAt: Map<string, number>;
  /** The presentation whose code may be in the frozen picture. */
  frozenWith: Presentation | undefined;
  /** Bytes that are no code have been sent to the scanner's wire. */
  isHostile: boolean;
  /** The power was cut in this action. */
  wasCut: boolean;
  /** Rows that may have been written without a line of the log: the power went in between. */
  mayMiss: number;
}

/** To the firmware, a code that is back in view sooner has not been away. */
const goneMs = 3000;

export function createPostWatch(): PostWatch {
  return {
    log: createValidatorLog(),
    ledger: createLedger(),
    wires: createWireWatch(),
    heard: [],
    last: new Map(),
    samplesHeldAt: new Map(),
    frozenWith: undefined,
    isHostile: false,
    wasCut: false,
    mayMiss: 0,
  };
}

/** A command to this validator begins. */
export function beginCommand(watch: PostWatch, command: string, now: number): void {
  const [name] = command.split(' ');
  if (name === 'freeze' && !watch.wires.isFrozen) watch.frozenWith = watch.last.get('camera')?.presented;
  watch.wires.begin(command, now);
  if (name === 'bytes') watch.isHostile = true;
  if (name !== 'power') return;
  watch.log.cutPower();
  watch.wasCut = true;
}

export function takeFirst(heard: HeardTap[], reader: string): HeardTap | undefined {
  const index = heard.findIndex(tap => tap.reader === reader);
  return index < 0 ? undefined : heard.splice(index, 1)[0];
}

/** Remembers what was presented, for its answer may come late. */
export function wasPresented(watch: PostWatch, presented: Presentation, at: number): void {
  watch.last.set(presented.reader, { presented, at });
  const held = heldSample(presented);
  if (held !== undefined) watch.samplesHeldAt.set(held, at);
}

/** Whether the validator had to answer, by all that it has told of itself. */
export function mustAnswer(watch: PostWatch, presented: Presentation, from: number): boolean {
  const { log, wires, samplesHeldAt } = watch;
  const { reader, isHardToRead } = presented;
  const wasGood = (name: string) => {
    const part = log.parts.get(name);
    return part?.works === true && part.since <= from;
  };
  if (!log.isUpSince(from) || isHardToRead || !wasGood(reader)) return false;
  // Other codes may have been in view since: that changes nothing.
  const held = heldSample(presented);
  if (held !== undefined && from - (samplesHeldAt.get(held) ?? 0) < goneMs) return false;
  return reader !== 'camera' || (wasGood('zxing') && !wires.isFrozen);
}

function heldSample({ reader, sample }: Presentation): string | undefined {
  return sample === undefined ? undefined : `${reader} ${sample}`;
}
