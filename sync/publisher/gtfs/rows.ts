/** The rows of one GTFS table, checked field by field, in bounded memory. */
import { CsvError, parse } from 'csv-parse';
import type { z } from 'zod';
import { messageOf } from '../../../device/kit/errors.ts';
import type { GtfsArchive } from './archive.ts';
import { type GtfsFile, type GtfsRow, gtfsFields } from './fields.ts';
import type { GtfsProblems } from './problems.ts';

/** A longer row is refused. Descriptions and addresses may be long. */
const maxRowBytes = 64 << 10;
/**
 * Of the tables that are kept whole, several times what countries have; the others count what they keep. A feed that says nothing
 * else for gigabytes would fill the memory.
 */
const maxRows: Readonly<Partial<Record<GtfsFile, number>>> = {
  'agency.txt': 100_000,
  'routes.txt': 1_000_000,
  'stops.txt': 2_000_000,
  'trips.txt': 4_000_000,
  'translations.txt': 4_000_000,
  'calendar.txt': 1_000_000,
  'calendar_dates.txt': 4_000_000,
};
/** What a decoder puts where bytes are no UTF-8. */
const lost = '\ufffd';

/**
 * Tells every good row to `take`, and what is wrong with the others to `problems`. A table that the feed lacks has no rows.
 * @param take gets the line of the file where the row ends, from 1
 */
export async function readGtfsRows<F extends GtfsFile>(
  archive: GtfsArchive,
  file: F,
  problems: GtfsProblems,
  take: (row: GtfsRow<F>, line: number) => void,
): Promise<void> {
  if (!archive.has(file)) return;
  const schema: z.ZodObject = gtfsFields[file];
  let places: readonly (readonly [string, number])[] | undefined;
  const most = maxRows[file] ?? Number.POSITIVE_INFINITY;
  let rows = 0;
  let line = 1;
  function takeRow(fields: readonly string[], at: number): void {
    line = at;
    if (places === undefined) {
      places = placesOf(fields, file, problems);
      return;
    }
    if (fields.length === 1 && fields[0] === '') return;
    if (++rows > most) throw new Error(`more than ${most} rows`);
    const row: Record<string, string> = {};
    for (const [name, place] of places) {
      const cell = fields[place];
      if (cell?.includes(lost)) problems.add(file, line, `${name}: is not UTF-8`);
      if (cell !== undefined && cell !== '') row[name] = cell;
    }
    const result = schema.safeParse(row);
    if (result.success) take(result.data as GtfsRow<F>, line);
    else
      for (const { path, message } of result.error.issues) {
        const name = path.join('.');
        problems.add(file, line, `${name}: ${row[name] === undefined ? 'is missing' : message}`);
      }
  }
  const stream = await archive.open(file);
  const format = {
    bom: true,
    trim: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRowBytes,
  } as const;
  const records = stream.on('error', error => records.destroy(error)).pipe(parse(format));
  try {
    for await (const { record, info } of records as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>)
      takeRow(record, info.lines);
    if (places === undefined) problems.add(file, 1, 'is empty: it has no header');
  } catch (error) {
    const at = error instanceof CsvError ? Number(error.lines) : line;
    problems.add(file, at, `${messageOf(error)}; nothing after it was read`);
  } finally {
    stream.destroy();
  }
}

/** @returns each column that is needed, and where it is */
function placesOf(header: readonly string[], file: GtfsFile, problems: GtfsProblems) {
  const schema: z.ZodObject = gtfsFields[file];
  const places: [string, number][] = [];
  for (const [name, field] of Object.entries(schema.shape)) {
    const place = header.indexOf(name);
    if (place >= 0) places.push([name, place]);
    else if (!field.safeParse(undefined).success) problems.add(file, 1, `${name}: the column is missing`);
    if (place >= 0 && header.lastIndexOf(name) !== place)
      problems.add(file, 1, `${name}: the column is there twice`);
  }
  return places;
}
