/**
 * The media that wait to be taken: one is taken after the other, and no reader can crowd out the others. Nor can what is no ride
 * crowd out a ride: of one reader only the newest such waits, and only while no ride does.
 */

export interface PresentationQueue {
  /**
   * @param take takes this medium when its turn has come
   * @param mayRide false for what this bus cannot take at all
   */
  add(reader: string, take: () => Promise<void> | void, mayRide?: boolean): void;
  /** Resolves when nothing is being taken and nothing waits. */
  idle(): Promise<void>;
}

interface Presentation {
  readonly reader: string;
  readonly mayRide: boolean;
  take(): Promise<void> | void;
}

/** Media of one reader that may wait; of more, the oldest is dropped. */
const maxWaiting = 4;

/** @param onOverflow called for the first medium that is dropped, and again only after the queue has been empty */
export function createPresentationQueue(onOverflow: (reader: string) => void): PresentationQueue {
  let waiting: Presentation[] = [];
  let taking: Promise<void> | undefined;
  let overflowed = false;

  function dropOldestOf(reader: string): void {
    const [oldest, ...others] = waiting.filter(presentation => presentation.reader === reader);
    if (oldest === undefined || others.length < maxWaiting) return;
    waiting.splice(waiting.indexOf(oldest), 1);
    if (!overflowed) onOverflow(reader);
    overflowed = true;
  }

  function dropRefusalsOf(reader: string): void {
    waiting = waiting.filter(presentation => presentation.mayRide || presentation.reader !== reader);
  }

  function doesRideWait(reader: string): boolean {
    return waiting.some(presentation => presentation.mayRide && presentation.reader === reader);
  }

  async function takeAll(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next.take();
    taking = undefined;
    overflowed = false;
  }

  return {
    add(reader, take, mayRide = true) {
      if (!mayRide && doesRideWait(reader)) return;
      dropRefusalsOf(reader);
      waiting.push({ reader, mayRide, take });
      dropOldestOf(reader);
      taking ??= takeAll();
    },
    idle: () => taking ?? Promise.resolve(),
  };
}
