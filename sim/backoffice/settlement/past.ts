/**
 * What has been published, and since when: a ride goes by the lines and the policy of its time, however long ago that was.
 *
 * Each policy and each file of lines that was published is kept under the time it was published at; the first counts for all
 * time before it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { writeDurably } from '../../../device/kit/durable-file.ts';
import { readEpochs } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../sync/publisher/feed-places.ts';
import { tripPlaces } from '../intake/trips-file.ts';

export interface PastFile {
  /** Unix milliseconds */
  readonly since: number;
  readonly path: string;
}

export type PastName = 'policy' | 'lines';

/** Call it before each publication and before each settlement. @param dir the back office's. @param feed the feed's. @param now Unix milliseconds: what is new counts from then on */
export function notePast(dir: string, feed: string, trips: Database.Database, now: number): void {
  const { past } = tripPlaces(dir);
  mkdirSync(past, { recursive: true, mode: 0o700 });
  const { policy, lines } = feedPlaces(feed);
  noteFile(past, 'policy', policy, now);
  noteFile(past, 'lines', lines, now);
  const put = trips.prepare('INSERT OR IGNORE INTO epoch VALUES (?)');
  // The first one changed nothing.
  for (const { id, since } of readEpochs(feed).keys) if (id !== firstEpoch) put.run(since);
}

const firstEpoch = 'epoch-1';

/** The oldest first. */
export function pastFiles(dir: string, name: PastName): readonly PastFile[] {
  const { past } = tripPlaces(dir);
  return existsSync(past) ? filesIn(past, name) : [];
}

function filesIn(past: string, name: PastName): readonly PastFile[] {
  return readdirSync(past)
    .flatMap(file => {
      const since = new RegExp(`^${name}-(\\d{1,15})\\.yaml$`).exec(file)?.[1];
      return since === undefined ? [] : [{ since: Number(since), path: join(past, file) }];
    })
    .sort((a, b) => a.since - b.since);
}

function noteFile(past: string, name: PastName, published: string, now: number): void {
  if (!existsSync(published)) return;
  const text = readFileSync(published);
  const newest = filesIn(past, name).at(-1);
  if (newest !== undefined && readFileSync(newest.path).equals(text)) return;
  const since = newest === undefined ? 0 : Math.max(now, newest.since + 1);
  writeDurably(join(past, `${name}-${since}.yaml`), text, 0o600);
}
