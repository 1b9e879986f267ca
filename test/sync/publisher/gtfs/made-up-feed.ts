/** GTFS feeds for tests: the tables of a small one, some of them changed, as a zip file. */
import { createWriteStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ZipFile } from 'yazl';
import type { TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

/** The ten lines of the pilot, made up. */
export const pilotFolder = fileURLToPath(
  new URL('../../../../../docs/examples/pilot-gtfs/', import.meta.url),
);

export type Tables = Readonly<Record<string, string | Uint8Array | undefined>>;

/** Degrees of longitude that are 1 km at this latitude. */
const kmDeg = 1 / (111.195 * Math.cos((39.9 * Math.PI) / 180));

/** Line 2: A, B and C on a straight road eastwards, 4 and 8 km apart. */
export const small: Tables = {
  'agency.txt':
    'agency_id,agency_name,agency_url,agency_timezone\nb,Bus,https://example.com/,Asia/Shanghai\n',
  'routes.txt': 'route_id,agency_id,route_short_name,route_type\nr2,b,2,3\nr9,b,9,3\n',
  'stops.txt': table(
    'stop_id,stop_name,stop_lat,stop_lon',
    ...['A', 'B', 'C'].map(id => `${id},${id},${place(id)}`),
  ),
  'trips.txt': 'route_id,service_id,trip_id\nr2,daily,t1\n',
  'stop_times.txt':
    'trip_id,stop_id,stop_sequence,shape_dist_traveled\nt1,A,1,0\nt1,B,2,4100\nt1,C,3,12400\n',
};

/** `lat,lon` of a stop. */
export function place(id: string): string {
  const km = { A: 0, B: 4, C: 12 }[id] ?? 0;
  return `39.9,${(116 + km * kmDeg).toFixed(6)}`;
}

export function table(...rows: string[]): string {
  return rows.map(row => `${row}\n`).join('');
}

/** @param changed undefined for a table that is left out. @returns the path of the zip file */
export async function zipOf(
  context: TestContext,
  changed: Tables = {},
  from: Tables = small,
): Promise<string> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries({ ...from, ...changed }))
    if (content !== undefined) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const path = join(temporaryDirectory(context), 'feed.zip');
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}

export function pilotTables(): Tables {
  return Object.fromEntries(
    readdirSync(pilotFolder).map(name => [name, readFileSync(join(pilotFolder, name))]),
  );
}
