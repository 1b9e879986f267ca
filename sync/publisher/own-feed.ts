/**
 * Whether a feed's directory is its owner's alone, as a tree. Whoever can put a link, a pipe or a file of their own into it
 * has the publisher overwrite what is elsewhere, wait for ever, or publish what is not its own.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { messageOf } from '../../device/kit/errors.ts';
import { checkGivenFile, checkOwnTree, type Kind, readableByOthers } from '../../device/kit/own-file.ts';
import { FeedError } from '../feed/feed-error.ts';
import { type FeedPlaces, feedPlaces } from './feed-places.ts';
import { keyPlaces } from './signing/key-places.ts';

/**
 * Call it before anything in the directory is read. The directory itself may be named by a link.
 * @throws FeedError naming what is a link, another user's, open to others, or no file or folder where one must be
 */
export function checkOwnFeed(dir: string): void {
  if (!existsSync(dir)) return;
  try {
    checkGivenFile(dir);
    const tree = realpathSync(dir);
    const kindOf = kindsIn(feedPlaces(tree));
    checkOwnTree(tree, kindOf);
  } catch (error) {
    throw new FeedError(messageOf(error));
  }
}

/** Paths of what is secret and can be read by others, for a warning. @throws WrongUsage where the places cannot be read */
export function secretsOthersMayRead(dir: string): string[] {
  const { onlineKey, deviceKeys } = feedPlaces(dir);
  const { root, targets } = keyPlaces(dir);
  // What lies in the folder is as readable as the folder.
  const elsewhere = [root, targets].filter(path => dirname(path) !== dirname(onlineKey));
  return readableByOthers([dirname(onlineKey), deviceKeys, ...elsewhere]);
}

/** What must be a file, what a folder; undefined for what the feed does not know. */
function kindsIn(places: FeedPlaces): (path: string) => Kind | undefined {
  const { metadata, targets, files, keys, cache } = places;
  const privateFolder = dirname(places.onlineKey);
  const ofFiles: readonly string[] = [metadata, targets, files, cache];
  const folders: readonly string[] = [...ofFiles, places.public, keys, privateFolder];
  const known = new Set(Object.values(places));
  return path => {
    const [folder, name] = [dirname(path), basename(path)];
    if (folders.includes(path) || (folder === keys && /^epoch-\d+$/.test(name))) return 'directory';
    if (ofFiles.includes(folder) || dirname(folder) === keys || known.has(path)) return 'file';
    return folder === privateFolder && /^(\.|people-|persons\.)/.test(name) ? 'file' : undefined;
  };
}
