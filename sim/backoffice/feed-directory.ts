/** The back office's feed: made at the first start, made anew where making it was cut off. */
import { existsSync, rmSync } from 'node:fs';
import { type FleetKey, readFleetKeys } from '../../sync/fleet-keys.ts';
import { feedPlaces } from './publisher/feed-places.ts';
import { initFeed } from './publisher/init-feed.ts';

/** @returns the newest fleet key */
export function ensureFeed(dir: string, now: number): FleetKey {
  const { fleetKeys } = feedPlaces(dir);
  if (!existsSync(fleetKeys)) {
    // No validator can have been given anything of it yet.
    rmSync(dir, { recursive: true, force: true });
    initFeed(dir, now);
  }
  return readFleetKeys(fleetKeys)[0];
}
