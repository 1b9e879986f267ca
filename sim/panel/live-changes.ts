/** Tells the members of a state that are other than before, at most some ten times a second, and only while somebody listens. */
import type { PanelModel } from './panel-model.ts';

/** @param json one JSON object of the changed members, whole */
export type ChangeListener = (json: string) => void;

export interface LiveChanges {
  /** @returns the way to stop it */
  subscribe(listener: ChangeListener): () => void;
  close(): void;
}

const coalesceMs = 100;
/** Of a bus that moves nobody tells. */
const lookMs = 500;

export function createLiveChanges(model: PanelModel): LiveChanges {
  const listeners = new Set<ChangeListener>();
  let last = new Map<string, string>();
  let flushing: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;

  const texts = () =>
    new Map(
      Object.entries(model.state()).map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
    );

  function flush(): void {
    flushing = undefined;
    const now = texts();
    const changed = [...now].filter(([name, text]) => last.get(name) !== text);
    last = now;
    if (changed.length === 0) return;
    const json = `{${changed.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
    for (const listener of listeners) listener(json);
  }

  function touched(): void {
    if (listeners.size > 0) flushing ??= setTimeout(flush, coalesceMs);
  }

  function stopLooking(): void {
    clearInterval(looking);
    looking = undefined;
  }

  const stop = model.onTouch(touched);
  return {
    subscribe(listener) {
      if (listeners.size === 0) last = texts();
      listeners.add(listener);
      looking ??= setInterval(touched, lookMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stopLooking();
      };
    },
    close() {
      stop();
      listeners.clear();
      clearTimeout(flushing);
      stopLooking();
    },
  };
}
