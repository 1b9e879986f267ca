/** The settings file and all the files it names, read together, so that the problems of all of them are told at once. */
import { closeSync, openSync } from 'node:fs';
import { DeviceError, messageOf } from '../errors.ts';
import { type FeedSettings, readConfig } from './config.ts';
import { readPolicy } from './policy-file.ts';
import { readEach } from './read-each.ts';
import { readTrustFile } from './trust-file.ts';

/**
 * @param readKeys reads the fleet keys' file
 * @throws FileProblems, DeviceError config
 */
export function readSettings<Keys>(file: string, readKeys: (path: string) => Keys) {
  const config = readConfig(file);
  const read = readEach({
    policy: () => readPolicy(config.policy),
    rootRecords: () => readTrustFile(config.trust),
    fleetKeys: () => readKeys(config.links.fleetKeys),
    feedRoot: () => config.feed && checkReadable(config.feed.root),
  });
  return { ...read, config, feed: config.feed && clientSettings(config.feed) };
}

function checkReadable(path: string): void {
  try {
    closeSync(openSync(path, 'r'));
  } catch (error) {
    throw new DeviceError('config', 'feed', `${path}: ${messageOf(error)}`);
  }
}

/** As the syncing client takes them: seconds and kibibytes → milliseconds and bytes. */
function clientSettings({ url, root, pollS, bandwidthKiBps, timeoutMs }: FeedSettings) {
  const bytesPerS = bandwidthKiBps === undefined ? undefined : bandwidthKiBps * 1024;
  return { url, rootFile: root, pollMs: pollS * 1000, bytesPerS, timeoutMs };
}
