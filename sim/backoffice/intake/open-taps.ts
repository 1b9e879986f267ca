/** The taps of a back office: in its own file, or in PostgreSQL and copied there. */
import type Database from 'better-sqlite3';
import { Option } from 'commander';
import { messageOf } from '../../../device/kit/errors.ts';
import type { Log } from '../../../device/kit/log.ts';
import { eachOf } from '../../../device/kit/option-values.ts';
import { createRepetitionFilter } from '../../../device/kit/repetition-filter.ts';
import { createSqliteTaps } from './sqlite-taps.ts';
import type { TapStore } from './tap-store.ts';

export interface Taps {
  readonly store: TapStore;
  /** Resolves when the trips' file has all that the store has. Rejects with DeviceError storage */
  catchUp(): Promise<unknown>;
  close(): Promise<void>;
}

/** For each command that reads or brings taps. */
export function tapsOption(): Option {
  return new Option(
    '--taps <url>',
    'postgres://user@host:port/database: taps are in PostgreSQL; of its standbys too, each named by itself',
  ).argParser(eachOf);
}

/** @param urls of PostgreSQL's servers, of which one is the primary. Rejects with WrongUsage for what is no such address */
export async function openTaps(trips: Database.Database, urls: readonly string[] = []): Promise<Taps> {
  if (urls.length === 0) {
    const store = createSqliteTaps(trips);
    return { store, catchUp: async () => undefined, close: store.close };
  }
  // Who has one machine needs none of it.
  const [{ connectPostgres }, { migrated }, { createPostgresTaps }, { createTapCopy }] = await Promise.all([
    import('./postgres/server.ts'),
    import('./postgres/schema.ts'),
    import('./postgres/postgres-taps.ts'),
    import('./postgres/copy-taps.ts'),
  ]);
  const server = migrated(connectPostgres(urls));
  const store = createPostgresTaps(server);
  const copy = createTapCopy(server, store, trips);
  let copying: Promise<unknown> = Promise.resolve();
  return {
    store,
    catchUp() {
      copying = copying.then(copy, copy);
      return copying;
    },
    async close() {
      await copying.catch(() => undefined);
      await store.close();
    },
  };
}

/** For a command that reads the trips. Rejects as `openTaps` does, and with DeviceError storage */
export async function catchUpOnce(
  trips: Database.Database,
  urls: readonly string[] | undefined,
): Promise<void> {
  const taps = await openTaps(trips, urls);
  try {
    await taps.catchUp();
  } finally {
    await taps.close();
  }
}

const followEveryMs = 2000;

/** Pages and passengers see what the store has within seconds. @returns stops it */
export function followTaps({ catchUp }: Taps, log: Log): () => void {
  const problems = createRepetitionFilter();
  let isFollowing = false;
  async function follow(): Promise<void> {
    if (isFollowing) return;
    isFollowing = true;
    try {
      await catchUp();
      problems.forget();
    } catch (error) {
      if (problems.isNews(messageOf(error))) log.error('taps-away', { problem: messageOf(error) });
    } finally {
      isFollowing = false;
    }
  }
  void follow();
  const timer = setInterval(() => void follow(), followEveryMs);
  return () => clearInterval(timer);
}
