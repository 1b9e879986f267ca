/** Sends listeners the members of the state that have changed, at most ten times a second. */
import type { PanelModel } from './panel-model.ts';

/** @param json one JSON object with the changed members, each as a whole */
export type ChangeListener = (json: string) => void;

export interface LiveChanges {
  /** @returns a function that ends it */
  subscribe(listener: ChangeListener): () => void;
  close(): void;
}

const coalesceMs = 100;
/** Nothing announces that the bus has moved, so the state is compared this often too. */
const compareEveryMs = 500;

export function createLiveChanges(model: PanelModel): LiveChanges {
  const listeners = new Set<ChangeListener>();
  let last = new Map<string, string>();
  let flushing: NodeJS.Timeout | undefined;
  let comparing: NodeJS.Timeout | undefined;

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

  function stopComparing(): void {
    clearInterval(comparing);
    comparing = undefined;
  }

  const stop = model.onTouch(touched);
  return {
    subscribe(listener) {
      if (listeners.size === 0) last = texts();
      listeners.add(listener);
      comparing ??= setInterval(touched, compareEveryMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stopComparing();
      };
    },
    close() {
      stop();
      listeners.clear();
      clearTimeout(flushing);
      stopComparing();
    },
  };
}
