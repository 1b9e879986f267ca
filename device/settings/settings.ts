/** The settings file and all the files it names, read together, so that the problems of all of them are told at once. */
import { closeSync, constants, openSync } from 'node:fs';
import { DeviceError, messageOf } from '../kit/errors.ts';
import { checkGivenFile } from '../kit/own-file.ts';
import { type FileProblem, FileProblems } from '../kit/yaml-file.ts';
import { readBusKey } from './bus-link.ts';
import { type Config, type FeedSettings, readConfig, type UplinkSettings } from './config.ts';
import { readPolicy } from './policy-file.ts';
import { readTrustFile } from './trust-file.ts';

/**
 * @param readKeys reads the keys file
 * @param readUplink reads the uplink's files
 * @param readOffice reads the back office's public keys
 * @throws FileProblems, DeviceError config
 */
export function readSettings<Keys, Uplink, Office>(
  file: string,
  readKeys: (path: string) => Keys,
  readUplink: (settings: UplinkSettings, device: string) => Uplink,
  readOffice: (path: string) => Office,
) {
  const config = readConfig(file);
  const read = readEach({
    policy: () => readPolicy(config.policy),
    rootRecords: () => readTrustFile(config.trust),
    keys: () => readKeys(config.links.fleetKeys),
    uplink: () => config.uplink && readUplink(config.uplink, config.device),
    office: () => (config.journalSeal === undefined ? undefined : readOffice(config.journalSeal)),
    busKey: () => config.busLink && readBusKey(config.busLink.key),
    others: () =>
      refuseWritable([file, config.trust, config.policy, config.feed?.root, ...certificates(config)]),
    feedRoot: () => config.feed && checkReadable(config.feed.root),
  });
  return { ...read, config, feed: config.feed && clientSettings(config.feed) };
}

function refuseWritable(paths: readonly (string | undefined)[]): void {
  for (const path of paths) {
    try {
      if (path !== undefined) checkGivenFile(path);
    } catch (error) {
      throw new DeviceError('config', 'settings', messageOf(error));
    }
  }
}

function certificates({ uplink }: Config): (string | undefined)[] {
  return [uplink?.ca, uplink?.cert, uplink?.key];
}

function checkReadable(path: string): void {
  try {
    // Waits for no pipe.
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  } catch (error) {
    throw new DeviceError('config', 'feed', `${path}: ${messageOf(error)}`);
  }
}

/** Seconds and kibibytes → milliseconds and bytes, as the feed client takes them. */
function clientSettings({ url, root, pollS, bandwidthKiBps, timeoutMs }: FeedSettings) {
  const bytesPerS = bandwidthKiBps === undefined ? undefined : bandwidthKiBps * 1024;
  return { url, rootFile: root, pollMs: pollS * 1000, bytesPerS, timeoutMs };
}

/** @throws FileProblems with what is wrong with any of them, a line each */
function readEach<T extends Readonly<Record<string, () => unknown>>>(
  reads: T,
): { readonly [K in keyof T]: ReturnType<T[K]> } {
  const problems: FileProblem[] = [];
  const lines: string[] = [];
  const values = Object.entries(reads).map(([name, read]) => {
    try {
      return [name, read()];
    } catch (error) {
      if (!isUnusable(error)) throw error;
      lines.push(error.message);
      problems.push(...eachOf(error));
      return [];
    }
  });
  if (problems.length > 0) throw new FileProblems(lines.join('\n'), problems);
  return Object.fromEntries(values);
}

export function eachOf(error: FileProblems | DeviceError): readonly FileProblem[] {
  return error instanceof FileProblems ? error.each : [{ message: error.message }];
}

/** Whether this is a mistake in the settings, and not in the program. */
export function isUnusable(error: unknown): error is FileProblems | DeviceError {
  return error instanceof FileProblems || (error instanceof DeviceError && error.kind === 'config');
}
