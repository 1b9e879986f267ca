/** How many rows each validator's journal has, looked up after each start. */
import { countJournal } from '../backoffice/journal-counts.ts';
import { type Bus, postNames } from '../bus/bus.ts';
import type { PostName } from '../bus/validator-post.ts';

export function countJournalRows(bus: Bus, tell: (post: PostName, rows: number) => void): void {
  function count(post: PostName): void {
    try {
      tell(post, countJournal(bus.posts[post].journal).rows);
    } catch {
      // There is none yet: `ready` is still to come.
    }
  }

  for (const post of postNames) count(post);
  bus.onLog((post, { event }) => {
    if (event === 'ready') count(post);
  });
}
