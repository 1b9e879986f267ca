/** All that the referee keeps of one validator. */
import { createLedger, type Ledger } from './ledger.ts';
import type { HeardTap } from './oracle.ts';
import type { Presentation } from './presentation.ts';
import { createValidatorLog, type ValidatorLog } from './validator-log.ts';
import { createWireWatch, type WireWatch } from './wire-watch.ts';

export interface PostWatch {
  readonly log: ValidatorLog;
  readonly ledger: Ledger;
  readonly wires: WireWatch;
  /** Taps that no command has been found for yet. */
  readonly heard: HeardTap[];
  /** What each reader was presented last, and when: its answer may come late. */
  readonly last: Map<string, { readonly presented: Presentation; readonly at: number }>;
  /** When each sample code was held before the camera last. */
  readonly samplesShownAt: Map<string, number>;
  /** Whose code may be in the picture that the camera is frozen at. */
  frozenWith: Presentation | undefined;
  /** Bytes that are no code have been sent to the scanner's wire. */
  isHostile: boolean;
  /** The power was cut in this action. */
  wasCut: boolean;
  /** Rows that may have been written without a line of the log, the power having gone in between. */
  mayMiss: number;
}

/** A code that is back in view sooner has not been away. */
const goneMs = 3000;

export function createPostWatch(): PostWatch {
  return {
    log: createValidatorLog(),
    ledger: createLedger(),
    wires: createWireWatch(),
    heard: [],
    last: new Map(),
    samplesShownAt: new Map(),
    frozenWith: undefined,
    isHostile: false,
    wasCut: false,
    mayMiss: 0,
  };
}

export function takeFirst(heard: HeardTap[], reader: string): HeardTap | undefined {
  const index = heard.findIndex(tap => tap.reader === reader);
  return index < 0 ? undefined : heard.splice(index, 1)[0];
}

/** It has been presented, and whatever comes of it may come late. */
export function wasPresented(watch: PostWatch, presented: Presentation, at: number): void {
  watch.last.set(presented.reader, { presented, at });
  const { sample } = presented;
  if (presented.reader === 'camera' && sample !== undefined) watch.samplesShownAt.set(sample, at);
}

/** Whether the validator, as far as it has told, could not but take what was presented. */
export function mustAnswer(watch: PostWatch, presented: Presentation, from: number): boolean {
  const { log, wires, samplesShownAt } = watch;
  const { sample, reader, isHardToRead } = presented;
  const wasGood = (name: string) => {
    const part = log.parts.get(name);
    return part?.works === true && part.since <= from;
  };
  if (!log.isUpSince(from) || isHardToRead || !wasGood(reader)) return false;
  if (reader !== 'camera') return true;
  // Whatever else has been in view since.
  const isHeld = sample !== undefined && from - (samplesShownAt.get(sample) ?? 0) < goneMs;
  return wasGood('zxing') && !wires.isFrozen && !isHeld;
}
