/** How many rows each validator's journal has, asked on its console after each start. */
import { type Bus, postNames } from '../bus/bus.ts';
import { typeOnConsole } from '../bus/console.ts';
import type { PostName } from '../bus/validator-post.ts';

/** @returns ends it */
export function countJournalRows(bus: Bus, tell: (post: PostName, rows: number) => void): () => void {
  let isClosed = false;

  async function count(post: PostName): Promise<void> {
    const answer = await typeOnConsole(bus.posts[post].consolePort, 'journal 1');
    const rows = /^(\d+) taps, last seq/m.exec(answer)?.[1];
    if (rows !== undefined && !isClosed) tell(post, Number(rows));
  }

  // Where the console does not answer yet, `ready` is still to come; where it does not any more, the next one.
  const countIfItAnswers = (post: PostName) => void count(post).catch(() => undefined);
  for (const post of postNames) countIfItAnswers(post);
  bus.onLog((post, { event }) => {
    if (event === 'ready' && !isClosed) countIfItAnswers(post);
  });
  return () => {
    isClosed = true;
  };
}
