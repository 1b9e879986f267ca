/**
 * The link cache as the tap path reads it: token → slot → status, in generations that others write.
 *
 * The directory is looked after once a second: a new generation is taken up, a missing, damaged or foreign one is left
 * for the previous one; where there is none, every look-up is `unavailable`, never "not found".
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { LinkLookup } from '../../device/core/check.ts';
import { messageOf } from '../../device/errors.ts';
import type { LinkStore, LinkStoreState } from '../../device/ports.ts';
import { FeedError } from '../feed/feed-error.ts';
import { type FleetKey, tokenOf } from '../fleet-keys.ts';
import { candidates } from './directory.ts';
import { checkWhole, isDamage, openGeneration } from './generation.ts';
import { createLookUp, type LookUp } from './look-up.ts';

const lookAfterMs = 1000;
/** A tap does not wait longer than this for a lock. */
const lockTimeoutMs = 20;

interface OpenFile {
  readonly identity: string;
  readonly path: string;
  readonly key: FleetKey;
  readonly state: LinkStoreState & { readonly usable: true };
  /** Whether somebody has written to it since it was opened. */
  hasChanged(): boolean;
  readonly lookUp: LookUp;
  close(): void;
}

export interface LinkStoreEvents {
  /** At the start, and whenever the state is another one. */
  changed(state: LinkStoreState): void;
  /** A generation was found damaged while it was read. */
  damaged(generation: string, why: string): void;
}

export interface CachedLinkStore extends LinkStore {
  /** Looks at once whether the cache has changed; otherwise within a second. */
  lookAfter(): void;
  /** Uses this generation no more: somebody else has found it damaged. */
  abandon(generation: string, why: string): void;
}

export function openLinkStore(
  directory: string,
  keys: readonly [FleetKey, ...FleetKey[]],
  events: LinkStoreEvents,
): CachedLinkStore {
  let file: OpenFile | undefined;
  let state: LinkStoreState = { usable: false, why: 'not yet opened' };
  /** By identity, what was found damaged while reading, and how: not opened again. */
  const condemned = new Map<string, string>();

  function lookAfter(): void {
    const names = candidates(directory);
    const problems: string[] = names.length === 0 ? [`${directory}: no link cache`] : [];
    for (const name of names) {
      try {
        takeUp(name);
        return;
      } catch (error) {
        problems.push(`${name}: ${messageOf(error)}`);
      }
    }
    lose(problems[0] ?? 'no link cache');
  }

  /** @throws an Error that says why this one cannot be used */
  function takeUp(name: string): void {
    const path = join(directory, name);
    const identity = identityOf(path);
    const damage = condemned.get(identity);
    if (damage !== undefined) throw new FeedError(damage);
    if (file?.identity === identity && !file.hasChanged()) {
      checkWhole(path);
      return;
    }
    const opened = openFile(path, identity, keys);
    file?.close();
    file = opened;
    change(opened.state);
  }

  function lose(why: string): void {
    file?.close();
    file = undefined;
    change({ usable: false, why });
  }

  function change(next: LinkStoreState): void {
    const same = JSON.stringify(next) === JSON.stringify(state);
    state = next;
    if (!same) events.changed(next);
  }

  function find(token: Uint8Array): LinkLookup {
    let found = file?.lookUp(token);
    if (found === 'another version') {
      const key = file?.key;
      lookAfter();
      // The token was made under the key that counted till now.
      if (file?.key !== key) return { unavailable: 'changing' };
      found = file?.lookUp(token);
    }
    if (found === 'another version') {
      // Nobody has written: what says so is itself damaged.
      if (file?.hasChanged() === false) throw new FeedError('the feed row is damaged');
      return { unavailable: 'changing' };
    }
    return found ?? { unavailable: state.usable ? 'no file' : state.why };
  }

  /** Goes on with what is left, once what is open turned out damaged. */
  function condemn(error: unknown): void {
    const why = messageOf(error);
    if (file !== undefined && isDamage(error)) {
      condemned.set(file.identity, why);
      events.damaged(file.path.slice(directory.length + 1), why);
    }
    lose(why);
    if (isDamage(error)) lookAfter();
  }

  lookAfter();
  const timer = setInterval(lookAfter, lookAfterMs);
  return {
    tokenOf: (kind, account) => tokenOf(file?.key ?? keys[0], kind, account),
    find(token) {
      try {
        return find(token);
      } catch (error) {
        condemn(error);
        return { unavailable: messageOf(error) };
      }
    },
    describe: () => state,
    lookAfter,
    abandon(generation, why) {
      const path = join(directory, generation);
      if (file?.path === path) {
        condemned.set(file.identity, why);
        lose(why);
      }
      lookAfter();
    },
    close() {
      clearInterval(timer);
      file?.close();
      file = undefined;
    },
  };
}

function openFile(path: string, identity: string, keys: readonly FleetKey[]): OpenFile {
  const generation = openGeneration(path, keys, { readonly: true, timeout: lockTimeoutMs });
  const { db, key, state, hasChanged } = generation;
  const sum = (of: 'links' | 'slots') =>
    state.partitions.reduce((total, partition) => total + partition[of], 0);
  const { version, keyId, linksAsOf, statusAsOf } = state;
  return {
    identity,
    path,
    key,
    state: { usable: true, version, links: sum('links'), slots: sum('slots'), keyId, linksAsOf, statusAsOf },
    hasChanged,
    lookUp: createLookUp(generation),
    close: () => void db.close(),
  };
}

/** Not by size and time: a generation grows while it is in use. */
function identityOf(path: string): string {
  const { ino, birthtimeMs } = statSync(path);
  return `${path}:${ino}:${birthtimeMs}`;
}
