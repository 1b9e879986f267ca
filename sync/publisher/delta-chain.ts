/**
 * The deltas that a version offers: the last single steps, and longer ones made of 16 shorter each, so that a validator
 * gets from the snapshot to the newest version in few steps, however many versions there have been in between.
 */
import type { FileRef } from '../feed/feed-file.ts';
import type { Delta } from '../feed/index-file.ts';

/** Versions a delta of each length leads over. */
const lengths = [1, 16, 256, 4096];
/** Only so many of the newest deltas of each shorter kind are offered; of the longest all. */
const offered = 32;

/**
 * @param chain of the version before; its first delta begins at the snapshot
 * @param snapshot the version that versions are counted from
 * @param step from the version before to this one
 * @param merge makes one delta of several in a row; undefined where that would be too large
 */
export function extendChain(
  chain: readonly Delta[],
  snapshot: number,
  step: Delta,
  merge: (deltas: readonly Delta[]) => FileRef | undefined,
): Delta[] {
  const extended = [...chain, step];
  for (const length of lengths.slice(1)) {
    if ((step.to - snapshot) % length !== 0) break;
    const from = step.to - length;
    const parts = extended.filter(delta => delta.from >= from && lengthOf(delta) === length / 16);
    // One that was too large is missing: what leads around it are the shorter ones, or a snapshot.
    const file = parts.length === 16 ? merge(parts) : undefined;
    if (file !== undefined) extended.push({ from, to: step.to, file });
  }
  return lengths.flatMap((length, i) => {
    const ofLength = extended.filter(delta => lengthOf(delta) === length);
    return i === lengths.length - 1 ? ofLength : ofLength.slice(-offered);
  });
}

function lengthOf({ from, to }: Delta): number {
  return to - from;
}
