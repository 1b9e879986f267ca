/** Whether a generation holds just what it was given: every row, every partition's digest, all statuses. */
import { FeedError } from '../feed/feed-error.ts';
import { createLinkMac } from '../feed/link-mac.ts';
import { statusDigest } from '../feed/statuses.ts';
import type { Generation } from './generation.ts';
import { digestOf, readLinks } from './generation-links.ts';
import { readFeedRow, readState, readStatuses } from './generation-rows.ts';
import { keyOrder } from './schema.ts';
import type { GenerationState } from './seal.ts';

/**
 * A step for each partition and one for the statuses; each looks at one state of the database, whatever is written
 * in between.
 * @throws FeedError (from a step) that says what is damaged, or SQLite's own error
 */
export function* checkGeneration({ db, key, seals }: Generation): Generator<void> {
  const mac = createLinkMac(key);
  let state: GenerationState | undefined;
  let seal: Buffer | undefined;
  /** Reads the whole state again only if its seal has changed. */
  function currentState(): GenerationState {
    const now = readFeedRow(db).seal;
    if (state === undefined || seal?.equals(now) !== true) state = readState(db, seals);
    seal = now;
    return state;
  }
  yield db.transaction(() => {
    const { partitions, statusDigest: announced } = currentState();
    if (statusDigest(readStatuses(db, seals, partitions)) !== announced) {
      throw new FeedError('the statuses are not those announced');
    }
  })();
  for (const partition of keyOrder) {
    yield db.transaction(() => {
      const expected = currentState().partitions[partition];
      const links = readLinks(db, mac, partition);
      if (links.slots.length !== expected?.links || digestOf(mac, links) !== expected.digest) {
        throw new FeedError(`partition ${partition} holds other links than announced`);
      }
    })();
  }
}
