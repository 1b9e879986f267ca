/** What a technician should know of a part, said once each and taken back when it has not been so for ten minutes. */
import { createWatchdog } from '../../device/kit/time.ts';

const tenMinutesMs = 600_000;

export interface Notes {
  /** @param text '' for nothing */
  add(text: string): void;
  stop(): void;
}

/** @param tell called with all that is to be known, '' for nothing */
export function createNotes(tell: (text: string) => void, staysMs = tenMinutesMs): Notes {
  const known = new Set<string>();
  const over = createWatchdog(staysMs, () => {
    known.clear();
    tell('');
  });
  return {
    add(text) {
      if (text === '') return;
      over.restart();
      if (known.has(text)) return;
      known.add(text);
      tell([...known].join('; '));
    },
    stop: over.stop,
  };
}
