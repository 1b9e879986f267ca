/** The policy in force: the feed's where there is one that can be used, else the settings' own. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from './core/policy.ts';
import type { Log } from './log.ts';
import { readPolicy } from './policy-file.ts';
import { FileProblems } from './yaml-file.ts';

export interface PolicySource {
  /** To be asked each time: it changes when the feed brings another one. */
  current(): Policy;
  /**
   * Takes up what the feed has brought; costs next to nothing where that is nothing. A policy that cannot be used is
   * logged, and the one in force kept.
   */
  reload(): void;
}

/** Its name in the cache's directory, where the feed puts it, verified. */
const fedName = 'policy.yaml';

/**
 * @param own the settings' policy, or the built-in one
 * @param cache the directory that a feed keeps up to date; undefined without a feed
 */
export function createPolicySource(own: Policy, cache: string | undefined, log: Log): PolicySource {
  const file = cache === undefined ? undefined : join(cache, fedName);
  let policy = own;
  let looked: string | undefined;

  function reload(): void {
    const identity = file === undefined ? undefined : identityOf(file);
    if (identity === looked) return;
    looked = identity;
    if (file === undefined || identity === undefined) take(own, 'settings');
    else takeFed(file);
  }

  function takeFed(path: string): void {
    try {
      take(readPolicy(path), 'feed');
    } catch (error) {
      if (!(error instanceof FileProblems)) throw error;
      log.error('policy-refused', { problem: error.message });
    }
  }

  function take(next: Policy, from: 'settings' | 'feed'): void {
    if (JSON.stringify(next) === JSON.stringify(policy)) return;
    policy = next;
    log.info('policy', { from, ...describe(policy) });
  }

  reload();
  return { current: () => policy, reload };
}

/** Another one after each change, for files are replaced as a whole; undefined where there is none. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.mtimeMs} ${found.size}`;
}

function describe({ lines, registrationFrom, trialFrom, enforcedFrom }: Policy) {
  const iso = (instant: number) => new Date(instant).toISOString();
  return {
    lines,
    registrationFrom: iso(registrationFrom),
    trialFrom: iso(trialFrom),
    enforcedFrom: iso(enforcedFrom),
  };
}
