/** What a card reader has told, in order, and the cards it has presented. */
import type { DeviceError } from '../../../device/kit/errors.ts';
import type { Card, CardReader } from '../../../device/ports.ts';
import { until } from '../../harness.ts';

export interface SeenEvents {
  readonly log: string[];
  readonly faults: DeviceError[];
  readonly cards: Card[];
  /** Waits for the nth of what was told. */
  nth(entry: string, count: number): Promise<unknown>;
}

export function openAndSee(reader: CardReader): SeenEvents {
  const log: string[] = [];
  const faults: DeviceError[] = [];
  const cards: Card[] = [];
  reader.open({
    ready: () => log.push('ready'),
    fault(error) {
      log.push('fault');
      faults.push(error);
    },
    inserted(card) {
      cards.push(card);
      log.push('inserted');
    },
    removed: () => log.push('removed'),
  });
  const isThere = (entry: string, count: number) => log.filter(told => told === entry).length >= count;
  return {
    log,
    faults,
    cards,
    nth: (entry, count) => until(`${entry} ${count}, after ${log}`, () => isThere(entry, count)),
  };
}
