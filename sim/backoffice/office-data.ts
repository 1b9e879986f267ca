/** Everything a back office keeps under its directory, opened. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { orWrongUsage, WrongUsage } from '../../device/kit/errors.ts';
import { didYouMean } from '../../device/kit/nearest-word.ts';
import { printable } from '../../device/kit/printable.ts';
import { lockDirectory } from '../../sync/directory-lock.ts';
import type { FleetKey } from '../../sync/fleet-keys.ts';
import { readEpochs, startEpoch } from '../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../sync/publisher/feed-places.ts';
import { initFeed } from '../../sync/publisher/init-feed.ts';
import { checkOwnFeed } from '../../sync/publisher/own-feed.ts';
import {
  freeRootKey,
  type GivenPlaces,
  type KeyReport,
  placeKeys,
  reportKeys,
} from '../../sync/publisher/signing/key-places.ts';
import { openTrips } from './intake/trips-file.ts';
import { type MediaOwners, openMediaOwners } from './media-owners/media-owners.ts';
import { openStore, openVault, type SqliteStore, storePlaces } from './store/sqlite-store.ts';

export interface OfficeData {
  readonly keys: KeyReport;
  /** Paths. */
  readonly feed: string;
  readonly office: string;
  readonly store: SqliteStore;
  readonly mediaOwners: MediaOwners;
  /** What the buses have reported. */
  readonly trips: Database.Database;
  close(): Promise<void>;
}

/** Makes the directory, for its owner alone. @throws WrongUsage */
export function ensureOfficeDirectory(directory: string): void {
  orWrongUsage(() => mkdirSync(directory, { recursive: true, mode: 0o700 }));
}

/** @returns releases it. @throws WrongUsage where another back office is at work there, or others have had a hand in the lock */
export function lockOffice(directory: string): () => void {
  const unlock = orWrongUsage(() => lockDirectory(directory));
  if (unlock === undefined) throw new WrongUsage(`${directory}: another back office is at work here`);
  return unlock;
}

/** Where its feed is. */
export function officeFeed(directory: string): string {
  return join(directory, 'feed');
}

/** Whether a back office has been started here. */
export function isOffice(directory: string): boolean {
  return existsSync(storePlaces(directory).office);
}

/** Where keys lie, or are to lie when they are made. */
export interface KeyFiles extends GivenPlaces {
  /** For personal data. */
  readonly keyFile?: string | undefined;
}

/** @throws WrongUsage, DeviceError storage */
export function openOfficeData(
  directory: string,
  { keyFile, rootKey, targetsKey }: KeyFiles = {},
  now = Date.now(),
): OfficeData {
  ensureOfficeDirectory(directory);
  const usual = storePlaces(directory);
  const places = { ...usual, key: keyFile ?? usual.key };
  const feed = officeFeed(directory);
  orWrongUsage(() => checkOwnFeed(feed));
  const vault = openVault(places);
  const fleetKey = ensureFeed(feed, { rootKey: rootKey ?? freeRootKey(directory), targetsKey }, now);
  placeKeys(feed, { rootKey, targetsKey });
  const store = openStore(places.office, vault, fleetKey);
  const mediaOwners = openMediaOwners(places.register, vault);
  const trips = openTrips(directory);
  return {
    keys: reportKeys(feed, directory, { personalData: places.key }),
    feed,
    office: places.office,
    store,
    mediaOwners,
    trips,
    async close() {
      trips.close();
      mediaOwners.close();
      await store.close();
    },
  };
}

/** @throws WrongUsage as `requireOffice`, DeviceError storage */
export function openExistingOffice(directory: string, keyFiles: KeyFiles = {}): OfficeData {
  requireOffice(directory);
  return openOfficeData(directory, keyFiles);
}

/** A mistyped directory is no new back office: only its first start makes one. @throws WrongUsage */
export function requireOffice(directory: string): void {
  if (isOffice(directory)) return;
  const known = officesBeside(directory);
  const nearest = didYouMean(basename(resolve(directory)), known);
  throw new WrongUsage(
    printable(
      `${directory}: no back office is here${nearest}; backoffice --data DIR makes one when it starts`,
    ),
  );
}

function officesBeside(directory: string): string[] {
  const parent = dirname(resolve(directory));
  try {
    return readdirSync(parent).filter(name => isOffice(join(parent, name)));
  } catch {
    return [];
  }
}

/** Makes the feed at the first start, and again where the first start was cut off. @returns the newest epoch's key */
function ensureFeed(directory: string, keyFiles: GivenPlaces, now: number): FleetKey {
  const { deviceKeys } = feedPlaces(directory);
  if (!existsSync(deviceKeys)) {
    // No validator can have been given anything of it yet.
    rmSync(directory, { recursive: true, force: true });
    initFeed(directory, now, undefined, keyFiles);
  }
  // One that an older version made has had no epoch yet.
  return readEpochs(directory).keys[0] ?? startEpoch(directory, now);
}
