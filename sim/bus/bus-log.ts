/** What both validators log: who listens, who waits for a line, and which version of the links each has. */
import type { LogLine } from './firmware-process.ts';
import type { PostName } from './validator-post.ts';

type Listener = (post: PostName, line: LogLine) => void;

export interface BusLog {
  hear: Listener;
  onLine(listener: Listener): void;
  /** The next line of a validator that passes `wanted`; undefined if none comes within `limitMs`. */
  next(post: PostName, wanted: (line: LogLine) => boolean, limitMs: number): Promise<LogLine | undefined>;
  /** The version of the links that a validator has; 0 for none. */
  linksVersion(post: PostName): number;
  /** Resolves when the validator has that version of the links or a later one, at the latest after `limitMs`. */
  reached(post: PostName, version: number, limitMs: number): Promise<void>;
}

export function createBusLog(): BusLog {
  const listeners = new Set<Listener>();
  const versions: Record<PostName, number> = { front: 0, rear: 0 };

  function next(post: PostName, wanted: (line: LogLine) => boolean, limitMs: number) {
    return new Promise<LogLine | undefined>(resolve => {
      const end = (line: LogLine | undefined) => {
        clearTimeout(timer);
        listeners.delete(listener);
        resolve(line);
      };
      const listener: Listener = (from, line) => {
        if (from === post && wanted(line)) end(line);
      };
      const timer = setTimeout(end, limitMs, undefined).unref();
      listeners.add(listener);
    });
  }

  return {
    hear(post, line) {
      if (line.event === 'links') versions[post] = Number(line.version ?? 0);
      if (line.event === 'exit') versions[post] = 0;
      for (const listener of listeners) listener(post, line);
    },
    onLine: listener => void listeners.add(listener),
    next,
    linksVersion: post => versions[post],
    async reached(post, version, limitMs) {
      if (versions[post] < version) await next(post, () => versions[post] >= version, limitMs);
    },
  };
}
