/** A sync in a process of its own, to be killed or to be raced with. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SyncResult } from '../../../../sync/client/sync-once.ts';
import type { TestContext } from '../../../harness.ts';
import type { TestFeed } from './test-feed.ts';

export type Outcome = SyncResult | { readonly refused: string } | 'killed';

export interface SyncingChild {
  /** Begins the sync; @returns what came of it */
  go(): Promise<Outcome>;
  /** kill -9; resolves once it is dead. */
  kill(): Promise<void>;
}

const program = fileURLToPath(new URL('./sync-process.js', import.meta.url));

/** Resolves once it is ready to begin. */
export async function startSyncing(
  { after }: TestContext,
  { places }: TestFeed,
  url: string,
  directory: string,
): Promise<SyncingChild> {
  const child = fork(program, [url, places.initialRoot, places.deviceKeys, directory]);
  after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await once(child, 'message');
  return {
    async go() {
      const outcome = outcomeOf(child);
      child.send('go');
      return outcome;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise(resolve => {
    child.once('message', message => resolve(message as Outcome));
    child.once('exit', () => resolve('killed'));
  });
}
