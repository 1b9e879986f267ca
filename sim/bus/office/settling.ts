/** The bus's journals and the back office: what they say is taken in, and a day of it settled. */
import { importJournal } from '../../backoffice/intake/import-journal.ts';
import { openTrips } from '../../backoffice/intake/trips-file.ts';
import type { SettlementDesk } from '../../backoffice/settlement/desk.ts';
import type { DayAccount } from '../../backoffice/settlement/settled-file.ts';

export interface Settling {
  /** @param journals files, which are only read. @param day YYYY-MM-DD */
  settle(journals: readonly string[], day: string): Promise<DayAccount>;
}

/** @param directory the back office's. @param now Unix milliseconds */
export function createSettling(
  directory: string,
  desk: Pick<SettlementDesk, 'settle'>,
  now: () => number,
): Settling {
  return {
    settle(journals, day) {
      const trips = openTrips(directory);
      try {
        for (const journal of journals) importJournal(trips, journal, now);
      } finally {
        trips.close();
      }
      return desk.settle(day);
    },
  };
}
