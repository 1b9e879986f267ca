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
/** A bus that moves, a person who registers on the site: nobody tells. */
const lookMs = 500;

/** @param look brings up to date what has to be asked for */
export function createLiveChanges(model: PanelModel, look: () => Promise<unknown>): LiveChanges {
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

  async function lookAgain(): Promise<void> {
    await look();
    touched();
    if (listeners.size > 0) looking = setTimeout(() => void lookAgain(), lookMs);
    else looking = undefined;
  }

  const stop = model.onTouch(touched);
  return {
    subscribe(listener) {
      if (listeners.size === 0) last = texts();
      listeners.add(listener);
      looking ??= setTimeout(() => void lookAgain(), lookMs);
      return () => void listeners.delete(listener);
    },
    close() {
      stop();
      listeners.clear();
      clearTimeout(flushing);
      clearTimeout(looking);
    },
  };
}
