/** The policy in force: the feed's once there is one that can be used, until then the settings' own. */
import type { Policy } from './core/policy.ts';
import type { Log } from './log.ts';
import { readPolicy } from './settings/policy-file.ts';
import { FileProblems } from './settings/yaml-file.ts';

export interface PolicySource {
  /** To be asked each time: it changes when the feed brings another one. */
  current(): Policy;
  /**
   * Takes up what the feed has brought; costs next to nothing where that is nothing. A policy that cannot be used is
   * logged, and the one in force kept.
   */
  reload(): void;
}

/**
 * @param own the settings' policy, or the built-in one
 * @param findFed finds the file that the feed has brought, another one for each policy; undefined where there is none
 */
export function createPolicySource(own: Policy, findFed: () => string | undefined, log: Log): PolicySource {
  let policy = own;
  let looked: string | undefined;

  function reload(): void {
    const file = findFed();
    if (file === looked) return;
    looked = file;
    // One that is gone, or damaged, stays in force until the feed brings it again.
    if (file !== undefined) takeFed(file);
  }

  function takeFed(path: string): void {
    try {
      take(readPolicy(path));
    } catch (error) {
      if (!(error instanceof FileProblems)) throw error;
      log.error('policy-refused', { problem: error.message });
    }
  }

  function take(next: Policy): void {
    if (JSON.stringify(next) === JSON.stringify(policy)) return;
    policy = next;
    log.info('policy', describe(policy));
  }

  reload();
  return { current: () => policy, reload };
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
