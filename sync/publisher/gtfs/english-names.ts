/** translations.txt: what stops are called in English. */
import type { GtfsArchive } from './archive.ts';
import type { GtfsProblems } from './problems.ts';
import { readGtfsRows } from './rows.ts';

export interface EnglishNames {
  /** @param stop stop_id. @returns undefined where the feed has none */
  of(stop: string, name: string): string | undefined;
}

/** A row is about one record, or about every one with this value. */
export async function readEnglishNames(archive: GtfsArchive, problems: GtfsProblems): Promise<EnglishNames> {
  const byStop = new Map<string, string>();
  const byName = new Map<string, string>();
  await readGtfsRows(archive, 'translations.txt', problems, row => {
    const { table_name, field_name, language, translation, record_id, field_value } = row;
    if (table_name !== 'stops' || field_name !== 'stop_name' || translation === undefined) return;
    if (!/^en(-|$)/i.test(language ?? '')) return;
    if (record_id !== undefined) byStop.set(record_id, translation);
    else if (field_value !== undefined) byName.set(field_value, translation);
  });
  return { of: (stop, name) => byStop.get(stop) ?? byName.get(name) };
}
