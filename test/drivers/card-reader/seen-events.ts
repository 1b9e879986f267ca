/** What a card reader has told, in order, and the cards it has presented. */
import type { DeviceError } from '../../../device/kit/errors.ts';
import type { Card, CardReader } from '../../../device/ports.ts';
import { recordDevice } from '../../contract/device-events.ts';
import { until } from '../../harness.ts';

export interface SeenEvents {
  readonly log: string[];
  /** One for each kind in an outage. */
  readonly faults: DeviceError[];
  readonly cards: Card[];
  /** Waits for the nth of what was told. */
  nth(entry: string, count: number): Promise<unknown>;
}

export function openAndSee(reader: CardReader): SeenEvents {
  const log: string[] = [];
  const { events, faults } = recordDevice();
  const cards: Card[] = [];
  reader.open({
    ready() {
      events.ready();
      log.push('ready');
    },
    fault(error) {
      const before = faults.length;
      events.fault(error);
      if (faults.length > before) log.push('fault');
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
