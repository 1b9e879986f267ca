/** One publication: the changes since the last one, or everything where changes are not enough. */
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import type { Edition } from '../../../sync/publisher/publish-index.ts';
import type { Published, Publisher } from '../../../sync/publisher/publisher.ts';
import type { PublishQueue } from '../store/store.ts';

export interface Publication extends Published {
  readonly how: 'changes' | 'snapshot';
}

/** Files to publish from now on, read each time. Where none is given, the last published one stays. */
export type PublishedTexts = Pick<
  Edition,
  'policyFile' | 'linesFile' | 'crewCardsFile' | 'denied' | 'trustClock' | 'trustedNow'
>;

/** For more persons a snapshot costs no more than all their changes. */
const maxPersons = 500_000;
const nameRow = () => 'a registered person';

export function publishNext(
  queue: PublishQueue,
  publisher: Publisher,
  texts: PublishedTexts,
  now: number,
): Publication {
  const isKnown = queue.settle(publisher.version);
  const version = publisher.version + 1;
  const changed = isKnown
    ? publishChanges(queue, publisher, editionOf(queue, texts, now), version)
    : undefined;
  const publication = changed ?? publishEverything(queue, publisher, editionOf(queue, texts, now), version);
  queue.settle(publisher.version);
  return publication;
}

function publishChanges(
  queue: PublishQueue,
  publisher: Publisher,
  edition: Edition,
  version: number,
): Publication | undefined {
  const changes = queue.takeChanges(version, maxPersons);
  if (changes === undefined) return undefined;
  try {
    const published = publisher.publishChanges(changes.removed, changes.added, nameRow, edition);
    return published && { ...published, how: 'changes' };
  } catch (error) {
    // The feed has links that the store does not know.
    if (error instanceof WrongUsage) return undefined;
    throw error;
  }
}

function publishEverything(
  queue: PublishQueue,
  publisher: Publisher,
  edition: Edition,
  version: number,
): Publication {
  try {
    return { ...publisher.publishAll(queue.takeAll(version), nameRow, edition), how: 'snapshot' };
  } catch (error) {
    if (error instanceof WrongUsage) throw new Error(`the store contradicts itself: ${messageOf(error)}`);
    throw error;
  }
}

/** @param now from before anything is taken, so that the data is of this moment or newer. Statuses are as old as the source's last answer. */
function editionOf(queue: PublishQueue, texts: PublishedTexts, now: number): Edition {
  return { now, linksAsOf: now, statusAsOf: Math.min(now, queue.sourceAnsweredAt()), ...texts };
}
