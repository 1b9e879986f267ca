/** Tells when a wire has been silent for a while after something came. */

export interface Silence {
  /** Something came: the time begins anew. */
  broken(): void;
  stop(): void;
}

export function listenForSilence(gapMs: number, onSilence: () => void): Silence {
  let timer: NodeJS.Timeout | undefined;
  let breaks = 0;
  /** A busy event loop runs its timers before it reads the wire: look at what has arrived before it is a silence. */
  const look = (breaksThen: number) => setImmediate(() => breaks === breaksThen && onSilence());
  function stop(): void {
    breaks++;
    clearTimeout(timer);
  }
  return {
    stop,
    broken() {
      stop();
      timer = setTimeout(look, gapMs, breaks);
    },
  };
}
