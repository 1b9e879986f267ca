/** Keeps sessions in memory, up to a time and a number; those that are unused the longest go first. */
import type { Session } from 'fastify';

type Callback = (error?: unknown) => void;

export interface StoreOptions {
  readonly maxSessions: number;
  readonly lifetimeMs: number;
  readonly now?: () => number;
}

/**
 * The store that @fastify/session asks for. Sessions in which nothing was sent yet, and those that their browsers have left, are
 * counted apart, and are at most half of all: whoever opens a form a million times pushes out nobody who is registering.
 */
export function createSessionStore({ maxSessions, lifetimeMs, now = Date.now }: StoreOptions) {
  const fresh = createPool(Math.ceil(maxSessions / 2), now);
  const used = createPool(maxSessions, now);
  return {
    set(id: string, session: Session, done: Callback): void {
      const isFresh = session.visitor === undefined;
      (isFresh ? used : fresh).delete(id);
      (isFresh ? fresh : used).set(id, { session: dataOf(session), expiresAt: now() + lifetimeMs });
      done();
    },
    get(id: string, done: (error: unknown, session?: Session | null) => void): void {
      done(undefined, used.get(id) ?? fresh.get(id) ?? null);
    },
    destroy(id: string, done: Callback): void {
      fresh.delete(id);
      used.delete(id);
      done();
    },
    get size(): number {
      return fresh.size + used.size;
    },
  };
}

interface Kept {
  readonly session: Session;
  readonly expiresAt: number;
}

function createPool(max: number, now: () => number) {
  // A Map keeps the order of writing, and each request writes its session again.
  const kept = new Map<string, Kept>();
  return {
    set(id: string, entry: Kept): void {
      kept.delete(id);
      kept.set(id, entry);
      for (const [old, { expiresAt }] of kept) {
        if (kept.size <= max && expiresAt > now()) return;
        kept.delete(old);
      }
    },
    get(id: string): Session | undefined {
      const found = kept.get(id);
      return found !== undefined && found.expiresAt > now() ? found.session : undefined;
    },
    delete: (id: string) => kept.delete(id),
    get size(): number {
      return kept.size;
    },
  };
}

/** Without the session's symbol properties, which hold the whole request. */
function dataOf(session: Session): Session {
  const data: Session = { cookie: session.cookie };
  return Object.assign(data, Object.fromEntries(Object.entries(session)));
}
