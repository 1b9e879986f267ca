/** What the intake finds in the taps that have come, as lists that a person can read. */
import type Database from 'better-sqlite3';
import { type Enrolled, readEnrolled } from '../uplink/enrolled.ts';
import { gaps, watermarks } from './arrivals.ts';
import type { Span, TapListEntry } from './entry.ts';
import { doubtfulClocks, sameCodes, stolen } from './suspicions.ts';

export const tapListNames = ['gaps', 'watermarks', 'same-code', 'stolen', 'doubtful-clock'] as const;

export type TapListName = (typeof tapListNames)[number];

export interface TapList {
  readonly entries: readonly TapListEntry[];
  /** There are more than are listed. */
  readonly hasMore: boolean;
}

interface TapListParts {
  readonly trips: Database.Database;
  readonly enrolled: readonly Enrolled[];
}

const mostEntries = 1000;
/** From the first to the last time that a row may have. */
const always: Span = { from: 0, to: Number.MAX_SAFE_INTEGER };

const lists: Readonly<Record<TapListName, (parts: TapListParts, span: Span) => Iterable<TapListEntry>>> = {
  gaps: ({ trips }) => gaps(trips),
  watermarks: ({ trips }) => watermarks(trips),
  'same-code': ({ trips }, span) => sameCodes(trips, span),
  stolen: ({ trips, enrolled }, span) => stolen(trips, enrolled, span),
  'doubtful-clock': ({ trips }, span) => doubtfulClocks(trips, span),
};

/** @param span what is known of all rows together is not cut by it. @param dir the back office's data. @throws WrongUsage where its list of validators cannot be read */
export function readTapList(
  dir: string,
  trips: Database.Database,
  name: TapListName,
  span: Span = always,
): TapList {
  const entries: TapListEntry[] = [];
  for (const entry of lists[name]({ trips, enrolled: readEnrolled(dir) }, span)) {
    if (entries.length === mostEntries) return { entries, hasMore: true };
    entries.push(entry);
  }
  return { entries, hasMore: false };
}
