/** Sessions in memory, for a while and up to a number; the longest unused go first. */
import type { Session } from 'fastify';

type Callback = (error?: unknown) => void;

export interface StoreOptions {
  readonly maxSessions: number;
  readonly lifetimeMs: number;
  readonly now?: () => number;
}

/** The store that @fastify/session asks for. */
export function createSessionStore({ maxSessions, lifetimeMs, now = Date.now }: StoreOptions) {
  // A Map keeps the order of writing, and each request writes its session again.
  const sessions = new Map<string, { readonly session: Session; readonly expiresAt: number }>();

  function forgetOld(): void {
    for (const [id, { expiresAt }] of sessions) {
      if (sessions.size <= maxSessions && expiresAt > now()) return;
      sessions.delete(id);
    }
  }

  return {
    set(id: string, session: Session, done: Callback): void {
      sessions.delete(id);
      sessions.set(id, { session: dataOf(session), expiresAt: now() + lifetimeMs });
      forgetOld();
      done();
    },
    get(id: string, done: (error: unknown, session?: Session | null) => void): void {
      const found = sessions.get(id);
      done(undefined, found !== undefined && found.expiresAt > now() ? found.session : null);
    },
    destroy(id: string, done: Callback): void {
      sessions.delete(id);
      done();
    },
    get size(): number {
      return sessions.size;
    },
  };
}

/** Without what hangs on it under symbols: the whole request. */
function dataOf(session: Session): Session {
  const data: Session = { cookie: session.cookie };
  return Object.assign(data, Object.fromEntries(Object.entries(session)));
}
