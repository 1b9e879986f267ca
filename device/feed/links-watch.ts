/** Tells whether the link cache can be used at all: it must be there, whole, and as fresh as the policy asks. */
import { dataProblem } from '../core/data-age.ts';
import type { Policy } from '../core/policy.ts';
import type { LinkStore } from '../data-ports.ts';
import { DeviceError } from '../kit/errors.ts';
import { type Clock, everySecond } from '../kit/time.ts';
import type { DeviceEvents } from '../ports.ts';

const problemText = {
  'future-data': 'the data is from the future: data or clock has the wrong time',
  'stale-links': 'the links are older than the policy allows',
  'stale-status': 'the health-code status is older than the policy allows',
};

export interface LinksWatch {
  /** At once, and not only within the second: whoever is told `pass` must not read that there is no data. */
  check(): void;
  stop(): void;
}

/**
 * Checks once a second, because data grows old by itself.
 * @param policy the one in force
 */
export function watchLinks(
  links: LinkStore,
  policy: () => Policy,
  clock: Clock,
  part: DeviceEvents,
): LinksWatch {
  function checkLinks(): void {
    const state = links.describe();
    const problem = state.usable ? dataProblem(state, policy(), clock()) : undefined;
    if (!state.usable) part.fault(new DeviceError('storage', 'links', state.why));
    else if (problem !== undefined) part.fault(new DeviceError('storage', 'links', problemText[problem]));
    else part.ready();
  }

  checkLinks();
  return { check: checkLinks, stop: everySecond(checkLinks) };
}
