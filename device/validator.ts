/** What the readers tell: each medium waits its turn, is taken (tap/tap.ts), and is reported to whoever listens. */
import { isRideCode } from './core/ride-code.ts';
import type { CardReaderEvents, CodeRead, CodeReaderEvents, DeviceEvents } from './ports.ts';
import { createPresentationQueue } from './tap/presentation-queue.ts';
import { createTap, type TapParts } from './tap/tap.ts';
import type { Presented } from './tap/tap-report.ts';

export interface Validator {
  cardEvents(reader: string, part: DeviceEvents): CardReaderEvents;
  codeEvents(reader: string, part: DeviceEvents): CodeReaderEvents;
  /** @returns ends the listening */
  onTap(listener: (report: Presented) => void): () => void;
  /** Has a tap of nobody's card wait its turn and go the whole way but for row, notice and report. @returns whether it could */
  rehearse(): Promise<boolean>;
  /** Resolves when every medium that was presented has its notice. */
  idle(): Promise<void>;
}

/** No reader has this name. */
const rehearsal = '';

/** Takes one medium after the other, so that the journal's order is the passengers' order. */
export function createValidator(parts: TapParts): Validator {
  const { log } = parts;
  const tap = createTap(parts);
  const listeners = new Set<(report: Presented) => void>();
  const queue = createPresentationQueue(reader => log.warn('presentations-dropped', { reader }));

  function report(taken: Presented): void {
    for (const listener of listeners) listener(taken);
  }

  return {
    cardEvents: (reader, part) => ({
      ...part,
      inserted: card => queue.add(reader, async () => report(await tap.takeCard(reader, card))),
      removed: () => log.debug('card-removed', { reader }),
    }),
    codeEvents: (reader, part) => ({
      ...part,
      presented: code => queue.add(reader, () => report(tap.takeCode(reader, code)), mayRide(code)),
    }),
    onTap(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    rehearse: () => new Promise(resolve => queue.add(rehearsal, () => resolve(tap.rehearse()))),
    idle: queue.idle,
  };
}

function mayRide(code: CodeRead): boolean {
  return 'bytes' in code && isRideCode(code.bytes);
}
