/** What the validators have sent, and a day of it settled. */
import { setTimeout as delay } from 'node:timers/promises';
import { hasCome } from '../../backoffice/intake/has-come.ts';
import { openTrips } from '../../backoffice/intake/trips-file.ts';
import type { SettlementDesk } from '../../backoffice/settlement/desk.ts';
import type { DayAccount } from '../../backoffice/settlement/settled-file.ts';

export interface Settling {
  /**
   * Waits some seconds for what is on its way.
   * @param journals files of validators that reach the back office: when it has as many rows, all have come
   * @param day YYYY-MM-DD
   */
  settle(journals: readonly string[], day: string): Promise<DayAccount>;
}

/** A validator that is switched off sends nothing: then the account says what is missing. */
const waitMs = 20_000;
const lookMs = 50;

/** @param directory the back office's */
export function createSettling(directory: string, desk: Pick<SettlementDesk, 'settle'>): Settling {
  return {
    async settle(journals, day) {
      const until = performance.now() + waitMs;
      const trips = openTrips(directory);
      try {
        while (!journals.every(journal => hasCome(trips, journal)) && performance.now() < until)
          await delay(lookMs);
      } finally {
        trips.close();
      }
      return desk.settle(day);
    },
  };
}
