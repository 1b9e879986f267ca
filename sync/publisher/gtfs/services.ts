/** calendar.txt and calendar_dates.txt: which trips run on a day. */
import { beijingDay } from '../../../device/core/beijing-time.ts';
import type { GtfsArchive } from './archive.ts';
import type { GtfsRow } from './fields.ts';
import type { GtfsProblems } from './problems.ts';
import { readGtfsRows } from './rows.ts';

export interface Services {
  /** @param at Unix milliseconds */
  runs(service: string, at: number): boolean;
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

export async function readServices(archive: GtfsArchive, problems: GtfsProblems): Promise<Services> {
  const weeks = new Map<string, GtfsRow<'calendar.txt'>>();
  const exceptions = new Map<string, boolean>();
  await readGtfsRows(archive, 'calendar.txt', problems, (row, line) => {
    if (weeks.has(row.service_id)) problems.add('calendar.txt', line, 'service_id: is there twice');
    weeks.set(row.service_id, row);
  });
  await readGtfsRows(archive, 'calendar_dates.txt', problems, row => {
    exceptions.set(`${row.date} ${row.service_id}`, row.exception_type === '1');
  });
  return {
    runs(service, at) {
      const iso = beijingDay(at);
      const day = iso.replaceAll('-', '');
      const week = weeks.get(service);
      const isInWeek =
        week !== undefined &&
        week.start_date <= day &&
        day <= week.end_date &&
        week[weekdays[new Date(`${iso}T00:00:00Z`).getUTCDay()] ?? 'sunday'] === '1';
      return exceptions.get(`${day} ${service}`) ?? isInWeek;
    },
  };
}
