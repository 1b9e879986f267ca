/** How the feed reaches the validators: over a network that can be down, into link caches that can be lost. */
import { candidates, takeAway } from '../../../sync/cache/directory.ts';
import type { BusLog } from '../bus-log.ts';
import type { LogLine } from '../firmware-process.ts';
import { type PostName, postNames } from '../validator-post.ts';

/** Every wait ends when both validators log what is waited for, or when they have had time enough. */
export interface Delivery {
  readonly isNetworkUp: boolean;
  setNetwork(isUp: boolean): void;
  /** Waits for a version of the links; not while the network is down. @returns the version */
  arrived(version: number): Promise<number>;
  /** Waits for the next policy; not while the network is down. */
  policyArrived(): Promise<unknown>;
  /** Takes the network down and the validators' links away. */
  loseLinks(): Promise<void>;
}

/** Many polls: waited out only for a validator that cannot take it up. */
const limitMs = 20_000;

/** @param caches the directories of the validators' link caches */
export function createDelivery(log: BusLog, caches: Readonly<Record<PostName, string>>): Delivery {
  let isNetworkUp = true;
  const onBoth = (wait: (post: PostName) => Promise<unknown>) => Promise.all(postNames.map(wait));

  return {
    get isNetworkUp() {
      return isNetworkUp;
    },
    setNetwork(isUp) {
      isNetworkUp = isUp;
    },
    async arrived(version) {
      if (isNetworkUp) await onBoth(post => log.reached(post, version, limitMs));
      return version;
    },
    async policyArrived() {
      if (isNetworkUp) await onBoth(post => log.next(post, ({ event }) => event === 'policy', limitMs));
    },
    async loseLinks() {
      const lost = onBoth(post => log.next(post, isOfLinks, limitMs));
      isNetworkUp = false;
      for (const cache of Object.values(caches)) empty(cache);
      await lost;
    },
  };
}

function isOfLinks({ event, part }: LogLine): boolean {
  return event === 'links' || (event === 'part-fault' && part === 'links');
}

function empty(cache: string): void {
  for (const generation of candidates(cache)) takeAway(cache, generation);
}
