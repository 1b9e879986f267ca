/** The policy in force: the feed's once there is one that can be used, until then the settings' own. */
import type { Policy } from '../core/policy.ts';
import type { Log } from '../kit/log.ts';
import { readPolicy } from '../settings/policy-file.ts';
import { createFedFile, type FedFile } from './fed-file.ts';

export interface PolicySource extends FedFile {
  /** Ask each time: it changes when the feed brings another one. */
  current(): Policy;
}

/**
 * If the feed's policy cannot be used, that is logged and the policy in force stays. If its file is lost or damaged, the
 * policy stays in force until the feed brings it again.
 * @param own the settings' policy, or the built-in one
 * @param findFed the path of the file that the feed has brought, another one for each policy; undefined if there is none
 */
export function createPolicySource(own: Policy, findFed: () => string | undefined, log: Log): PolicySource {
  let policy = own;

  function take(next: Policy): void {
    if (JSON.stringify(next) === JSON.stringify(policy)) return;
    policy = next;
    log.info('policy', describe(policy));
  }

  const fed = createFedFile(
    findFed,
    path => take(readPolicy(path)),
    problem => log.error('policy-refused', { problem }),
  );
  fed.reload();
  return { current: () => policy, reload: fed.reload };
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
