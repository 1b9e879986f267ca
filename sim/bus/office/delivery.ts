/** How the feed reaches the validators: over a network that can be down, into link caches that can be lost. */
import { candidates, takeAway } from '../../../sync/cache/directory.ts';
import type { BusLog } from '../bus-log.ts';
import type { LogLine } from '../firmware-process.ts';
import { type PostName, postNames } from '../validator-post.ts';

/** Every wait ends when all validators that the network reaches log what is waited for, or when they have had time enough. */
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

/**
 * @param caches the directories of the validators' link caches
 * @param isCutOff whether a validator's own wire into the network is pulled
 * @param changed called when the network goes down or comes back
 */
export function createDelivery(
  log: BusLog,
  caches: Readonly<Record<PostName, string>>,
  isCutOff: (post: PostName) => boolean,
  changed: (isUp: boolean) => void,
): Delivery {
  let isNetworkUp = true;
  const onAll = (posts: readonly PostName[], wait: (post: PostName) => Promise<unknown>) =>
    Promise.all(posts.map(wait));
  function setNetwork(isUp: boolean): void {
    isNetworkUp = isUp;
    changed(isUp);
  }

  const reached = () => postNames.filter(post => isNetworkUp && !isCutOff(post));

  return {
    get isNetworkUp() {
      return isNetworkUp;
    },
    setNetwork,
    async arrived(version) {
      await onAll(reached(), post => log.reached(post, version, limitMs));
      return version;
    },
    async policyArrived() {
      await onAll(reached(), post => log.next(post, ({ event }) => event === 'policy', limitMs));
    },
    async loseLinks() {
      const lost = onAll(postNames, post => log.next(post, isOfLinks, limitMs));
      setNetwork(false);
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
