/** `feed init`, `feed publish`, `feed rotate`: the publisher's commands. */
import { existsSync, rmSync } from 'node:fs';
import { messageOf, WrongUsage } from '../../device/kit/errors.ts';
import { FileProblems } from '../../device/kit/yaml-file.ts';
import { FeedError } from '../feed/feed-error.ts';
import { dataDates } from '../publisher/data-dates.ts';
import { readDenied } from '../publisher/denied-media.ts';
import { deliverKeys } from '../publisher/epochs/deliver-keys.ts';
import { defaultEpochHours, maxEpochHours, startEpoch } from '../publisher/epochs/epoch-keys.ts';
import { feedPlaces, requireFeed } from '../publisher/feed-places.ts';
import { readFirmwareList } from '../publisher/firmware/firmware-list.ts';
import { signFirmware } from '../publisher/firmware/sign-firmware.ts';
import { initFeed } from '../publisher/init-feed.ts';
import { checkGivenGtfs, type GivenGtfs, linesFileOf } from '../publisher/policy-and-lines.ts';
import { publishAgain, publishTable } from '../publisher/publish-table.ts';
import { openPublisher } from '../publisher/publisher.ts';
import { type GivenPlaces, reportKeys } from '../publisher/signing/key-places.ts';
import {
  moveKeys,
  rotateFirmwareKey,
  rotateOnlineKey,
  rotateRootKey,
  rotateTargetsKey,
} from '../publisher/signing/key-rotation.ts';
import { checkSigningClock, type SigningDates } from '../publisher/signing-clock.ts';
import { askTime, checkTimeSources } from '../publisher/trusted-time.ts';
import type { Outcome } from './outcome.ts';

export async function runInit(
  dir: string,
  epochHours = defaultEpochHours,
  keyFiles: GivenPlaces = {},
): Promise<Outcome> {
  if (epochHours < 1 || epochHours > maxEpochHours)
    throw new WrongUsage(`an epoch lasts 1 to ${maxEpochHours} hours`);
  try {
    const trust = initFeed(dir, Date.now(), epochHours, keyFiles);
    await deliverKeys(dir);
    return { ...trust };
  } catch (error) {
    return refusal(error);
  }
}

/** How a publisher is to know that its clock is right. */
export interface ClockOptions {
  readonly trustClock?: boolean;
  /** https addresses. */
  readonly timeFrom?: readonly string[];
}

interface PublishOptions extends ClockOptions, GivenPlaces, GivenGtfs {
  readonly people: string;
  readonly policy?: string;
  readonly lines?: string;
  readonly crewCards?: string;
  readonly denied?: string;
  readonly asOf?: number;
  readonly trustZeros?: boolean;
}

/** @throws WrongUsage where a file or the feed is not there */
export async function runPublish(
  dir: string,
  {
    people,
    policy,
    lines,
    gtfs,
    gtfsLine,
    crewCards,
    denied,
    asOf,
    trustZeros,
    targetsKey,
    ...clock
  }: PublishOptions,
): Promise<Outcome> {
  for (const file of [people, policy, lines, gtfs, crewCards, denied]) {
    if (file !== undefined && !existsSync(file)) throw new WrongUsage(`${file}: no such file`);
  }
  checkGivenGtfs({ gtfs, gtfsLine });
  openPublisher(dir).close();
  const { takenLines } = feedPlaces(dir);
  try {
    const linesFile = (await linesFileOf({ gtfs, gtfsLine }, takenLines)) ?? lines;
    const list = denied === undefined ? undefined : await readDenied(denied, trustZeros);
    moveKeys(dir, { targetsKey });
    const texts = { policyFile: policy, linesFile, crewCardsFile: crewCards, denied: list };
    const edition = { ...(await readClock(clock)), linksAsOf: asOf, statusAsOf: asOf, ...texts };
    return { ...(await publishTable(dir, people, edition, trustZeros)) };
  } catch (error) {
    return refusal(error);
  } finally {
    rmSync(takenLines, { force: true });
  }
}

/** A new online or targets key signs a version at once: validators would refuse metadata signed by the old one. */
export async function runRotate(
  dir: string,
  key: 'fleet' | 'online' | 'targets' | 'root' | 'firmware',
  { rootKey, targetsKey, firmwareKey, ...clock }: ClockOptions & GivenPlaces = {},
): Promise<Outcome> {
  const publisher = openPublisher(dir);
  try {
    moveKeys(dir, { rootKey, ...(key !== 'targets' && { targetsKey }) });
    const dates = await readClock(clock);
    checkSigningClock(dir, dates);
    const { now } = dates;
    if (key === 'fleet') {
      startEpoch(dir, now);
      await deliverKeys(dir);
    } else if (key === 'root') rotateRootKey(dir, now);
    else if (key === 'firmware') {
      if (!rotateFirmware(dir, now, firmwareKey)) return { rotated: key, version: publisher.version };
      if (publishAgain(dir, publisher, { ...dates, ...dataDates(dir) }) === undefined)
        return { rotated: key, error: 'feed publish must follow: validators take no firmware until then' };
    } else {
      if (key === 'online') rotateOnlineKey(dir, now);
      else rotateTargetsKey(dir, now, targetsKey);
      if (publishAgain(dir, publisher, dates) === undefined)
        return { rotated: key, error: 'feed publish must follow: validators refuse all until then' };
    }
    return { rotated: key, version: publisher.version };
  } catch (error) {
    return refusal(error);
  } finally {
    publisher.close();
  }
}

/** What was published of firmware is signed by the new key. @returns whether there is any */
function rotateFirmware(dir: string, now: number, firmwareKey: string | undefined): boolean {
  rotateFirmwareKey(dir, now, firmwareKey);
  const hasFirmware = readFirmwareList(dir).version > 0;
  if (hasFirmware) signFirmware(dir, list => list, now);
  return hasFirmware;
}

/** Where each key lies, and which lie together. @throws WrongUsage where there is no feed */
export function runKeys(dir: string): Outcome {
  requireFeed(dir);
  return { ...reportKeys(dir) };
}

/** @throws WrongUsage for an address that nobody vouches for */
export async function readClock({ trustClock, timeFrom }: ClockOptions): Promise<SigningDates> {
  if (timeFrom === undefined) return { now: Date.now(), trustClock };
  checkTimeSources(timeFrom);
  const trustedNow = await askTime(timeFrom);
  return { now: Date.now(), trustClock, trustedNow };
}

export function refusal(error: unknown): Outcome {
  const theirs = error instanceof WrongUsage || error instanceof FileProblems || error instanceof FeedError;
  if (!theirs) throw error;
  return { error: messageOf(error) };
}
