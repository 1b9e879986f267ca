/** Forgets what is due to be forgotten, again and again. */
import { messageOf } from '../../device/errors.ts';
import type { Log } from '../../device/log.ts';
import type { Store } from './store/store.ts';

/** What a passenger has withdrawn is out of the files by then. */
const everyMs = 30_000;

/** @returns how to stop; resolves once nothing is under way */
export function tidyRegularly(store: Store, now: () => number, log: Log): () => Promise<void> {
  let running = Promise.resolve();
  const tidy = () => {
    running = store.tidy(now()).catch(error => log.error('tidying-failed', { problem: messageOf(error) }));
  };
  const timer = setInterval(tidy, everyMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
