/** `backoffice taps`: what the intake finds in the taps that have come. */
import { Argument, type Command } from 'commander';
import { isoTime } from '../../../device/core/iso-time.ts';
import { say } from '../../../device/kit/printable.ts';
import { catchUpOnce, tapsOption } from '../intake/open-taps.ts';
import { journalNames, openTrips, rowName } from '../intake/trips-file.ts';
import { requireOffice } from '../office-data.ts';
import { spanOfDay } from '../settlement/days.ts';
import type { TapListEntry } from './entry.ts';
import { readTapList, type TapListName, tapListNames } from './tap-list.ts';

interface Words {
  readonly day?: string;
  readonly taps?: readonly string[];
}

export function addTapCommands(office: Command): void {
  office
    .command('taps')
    .description(
      'gaps in their numbers; up to where each journal is complete; one code at two validators; taps of stolen validators; doubtful clocks',
    )
    .argument('<dir>', "the back office's data")
    .addArgument(new Argument('<list>', 'which of them').choices(tapListNames))
    .option('--day <date>', "rows of one of Beijing's days, YYYY-MM-DD; of all unless given")
    .addOption(tapsOption())
    .action(async (dir: string, name: TapListName, { day, taps }: Words) => {
      requireOffice(dir);
      const trips = openTrips(dir);
      try {
        await catchUpOnce(trips, taps);
        const { entries, hasMore } = readTapList(
          dir,
          trips,
          name,
          day === undefined ? undefined : spanOfDay(day),
        );
        const names = journalNames(trips);
        say(JSON.stringify({ [name]: entries.map(entry => toldEntry(entry, names)), hasMore }));
      } finally {
        trips.close();
      }
    });
}

function toldEntry(entry: TapListEntry, names: ReadonlyMap<number, string>): object {
  const told = Object.entries(entry).map(([key, value]) => {
    if (typeof value === 'object' && value !== null) return [key, value.map(id => rowName(id, names))];
    return [key, key.endsWith('At') && typeof value === 'number' ? isoTime(value) : value];
  });
  return Object.fromEntries(told);
}
