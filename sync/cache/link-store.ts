/**
 * The link cache as the tap path reads it: token → slot → status, in generations that others write.
 *
 * Once a second it looks at the directory and takes up a new generation. If a generation is missing, damaged or under a
 * foreign key, the previous one is used; if there is none, every look-up is `unavailable`, never "not found".
 */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { LinkLookup } from '../../device/core/check.ts';
import type { LinkStore, LinkStoreState } from '../../device/data-ports.ts';
import { messageOf } from '../../device/kit/errors.ts';
import { doInThread } from '../../device/kit/one-job.ts';
import { checkGivenFile } from '../../device/kit/own-file.ts';
import { everySecond } from '../../device/kit/time.ts';
import type { CheckResult } from '../client/background-check.ts';
import { FeedError } from '../feed/feed-error.ts';
import { type FleetKey, tokenOf } from '../fleet-keys.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { candidates } from './directory.ts';
import { checkWhole, isDamage, openGeneration, UnknownKey } from './generation.ts';
import { countsOf } from './generation-rows.ts';
import { createLookUp, type LookUp } from './look-up.ts';
import type { VerifyJob } from './verify-worker.ts';

/** A tap does not wait longer than this for a lock. */
const lockTimeoutMs = 20;
const verifyLimitMs = 1_800_000;

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
  /** At the start, and whenever the state has changed. */
  changed(state: LinkStoreState): void;
  /** A generation was found damaged while it was read. */
  damaged(generation: string, why: string): void;
}

export interface CachedLinkStore extends LinkStore {
  /** Looks at the directory at once, and does not wait for the next second. */
  lookAfter(): void;
  /** Stops using this generation: somebody else has found it damaged. */
  abandon(generation: string, why: string): void;
}

export function openLinkStore(directory: string, keys: KeyRing, events: LinkStoreEvents): CachedLinkStore {
  let file: OpenFile | undefined;
  let isClosed = false;
  let isVerifying = false;
  let state: LinkStoreState = { usable: false, why: 'not yet opened' };
  /** By identity: generations found damaged while reading, and why. They are not opened again. */
  const condemned = new Map<string, string>();
  /** Before any key has come: a medium is known again, and nobody can tell whose it is. */
  const spare: FleetKey = { id: 'none', key: randomBytes(32) };

  function lookAfter(): void {
    try {
      checkGivenFile(directory);
    } catch (error) {
      lose(messageOf(error));
      return;
    }
    const names = candidates(directory);
    const problems: string[] = names.length === 0 ? [`${directory}: no link cache`] : [];
    for (const name of names) {
      try {
        takeUp(name);
        return;
      } catch (error) {
        if (error instanceof UnknownKey) void takeUpWithNewKey();
        problems.push(`${name}: ${messageOf(error)}`);
      }
    }
    lose(problems[0] ?? 'no link cache');
  }

  /** The syncing thread has kept the key where this one finds it. */
  async function takeUpWithNewKey(): Promise<void> {
    if ((await keys.openNew()) && !isClosed) lookAfter();
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
    const opened = openFile(path, identity, keys.held());
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
      // The token was made under the previous key.
      if (file?.key !== key) return { unavailable: 'changing' };
      found = file?.lookUp(token);
    }
    if (found === 'another version') {
      // Nobody has written, so the feed row, which says otherwise, is damaged.
      if (file?.hasChanged() === false) throw new FeedError('the feed row is damaged');
      return { unavailable: 'changing' };
    }
    return found ?? { unavailable: state.usable ? 'no file' : state.why };
  }

  /** The open generation turned out damaged: goes on with another. */
  function condemn(error: unknown): void {
    const why = messageOf(error);
    if (file !== undefined && isDamage(error)) {
      condemned.set(file.identity, why);
      events.damaged(file.path.slice(directory.length + 1), why);
    }
    lose(why);
    if (isDamage(error)) lookAfter();
  }

  function abandon(generation: string, why: string): void {
    const path = join(directory, generation);
    if (file?.path === path) {
      condemned.set(file.identity, why);
      lose(why);
    }
    lookAfter();
  }

  function inThread(signal: AbortSignal): Promise<CheckResult> {
    const job: VerifyJob = { directory, keys: keys.held() };
    const program = new URL('./verify-worker.js', import.meta.url);
    return doInThread<CheckResult>({ program, job, limitMs: verifyLimitMs, signal });
  }

  const keyInUse = () => file?.key ?? keys.held()[0] ?? spare;

  lookAfter();
  const stopLookingAfter = everySecond(lookAfter);
  return {
    tokenOf: (kind, account) => tokenOf(keyInUse(), kind, account),
    otherTokensOf(kind, account) {
      const others = [...keys.held(), spare].filter(key => key !== keyInUse());
      return others.map(key => tokenOf(key, kind, account));
    },
    find(token) {
      try {
        return find(token);
      } catch (error) {
        condemn(error);
        return { unavailable: messageOf(error) };
      }
    },
    describe: () => state,
    async verify(signal) {
      if (isVerifying) throw new Error('it is being verified already');
      isVerifying = true;
      const found = await inThread(signal).finally(() => {
        isVerifying = false;
      });
      if (found === 'nothing to say') return undefined;
      if (found.whole) return { generation: found.generation };
      const { generation, why } = found;
      events.damaged(generation, why);
      abandon(generation, why);
      return { generation, damage: why };
    },
    lookAfter,
    abandon,
    close() {
      isClosed = true;
      stopLookingAfter();
      file?.close();
      file = undefined;
    },
  };
}

function openFile(path: string, identity: string, keys: readonly FleetKey[]): OpenFile {
  const generation = openGeneration(path, keys, { readonly: true, timeout: lockTimeoutMs });
  const { db, key, state, hasChanged } = generation;
  const { version, keyId, linksAsOf, statusAsOf } = state;
  return {
    identity,
    path,
    key,
    state: { usable: true, version, ...countsOf(state), keyId, linksAsOf, statusAsOf },
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
