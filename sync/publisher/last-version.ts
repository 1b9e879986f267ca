/**
 * The version that this publisher has published last. What its web server shows is not proof enough: whoever has stolen the
 * online key may have put a timestamp there that names the highest version there is.
 */
import { FeedError } from '../feed/feed-error.ts';
import { recordedVersion } from './history.ts';
import { lastIndex } from './publish-index.ts';
import { isByNewestKey, publishedVersion } from './signing/tuf-repository.ts';

/**
 * Above it nothing can follow for long. Only a thief comes here; under the next keys versions go on from the last one below.
 */
const highestUsable = 2 ** 52;

/** @returns 0 before the first publication; @throws Error when timestamp.json is damaged, and nothing else tells */
export function lastVersion(dir: string): number {
  const recorded = recordedVersion(dir);
  const known = knownVersion(dir);
  const published = shownVersion(dir, known);
  // The record is made before the timestamp.
  const last =
    recorded !== undefined && published > recorded ? known || recorded : Math.max(published, known);
  return last < highestUsable ? last : (recordedVersion(dir, highestUsable) ?? 0);
}

/**
 * @throws FeedError where somebody else publishes with the online key: validators that have seen his version would take no
 * later one of ours
 */
export function refuseForeignVersion(dir: string): void {
  const last = lastVersion(dir);
  const published = shownVersion(dir, last);
  if (published <= last || !isByNewestKey(dir)) return;
  const shown = `metadata/timestamp.json is of version ${published}, which this publisher has not published`;
  throw new FeedError(
    `${shown}: somebody else has the online key; feed rotate DIR --key online makes another`,
  );
}

/** 0 where the publisher's own index is damaged: then only its web server's files tell. */
function knownVersion(dir: string): number {
  try {
    return lastIndex(dir)?.version ?? 0;
  } catch (error) {
    if (error instanceof FeedError) return 0;
    throw error;
  }
}

/** @param otherwise where timestamp.json is damaged; 0 for not known */
function shownVersion(dir: string, otherwise: number): number {
  try {
    return publishedVersion(dir);
  } catch (error) {
    if (otherwise === 0) throw error;
    return otherwise;
  }
}
