/** shapes.txt: the roads that trips take. */
import type { Position } from '../../../device/core/stop.ts';
import type { GtfsArchive } from './archive.ts';
import type { GtfsProblems } from './problems.ts';
import { readGtfsRows } from './rows.ts';
import type { GtfsTrip } from './trips.ts';

interface Point extends Position {
  readonly sequence: number;
  /** Where in the file it stands. */
  readonly line: number;
}

/** 1,000 lines of 4 ways and 1,000 points. */
const maxKept = 4_000_000;

/** @returns the points of the trips' shapes, in their order, by shape_id */
export async function readShapes(
  archive: GtfsArchive,
  problems: GtfsProblems,
  trips: ReadonlyMap<string, GtfsTrip>,
): Promise<Map<string, readonly Position[]>> {
  const needed = new Set([...trips.values()].map(({ shape }) => shape));
  const shapes = new Map<string, Point[]>();
  let kept = 0;
  await readGtfsRows(archive, 'shapes.txt', problems, (row, line) => {
    if (!needed.has(row.shape_id)) return;
    if (++kept > maxKept) throw new Error(`more than ${maxKept} points of the lines that are asked for`);
    const points = shapes.get(row.shape_id) ?? [];
    shapes.set(row.shape_id, points);
    const sequence = row.shape_pt_sequence;
    points.push({ line, sequence, latitudeDeg: row.shape_pt_lat, longitudeDeg: row.shape_pt_lon });
  });
  for (const points of shapes.values()) {
    points.sort((a, b) => a.sequence - b.sequence);
    const twice = points.find((point, i) => point.sequence === points[i - 1]?.sequence);
    if (twice !== undefined)
      problems.add('shapes.txt', twice.line, 'shape_pt_sequence: is there twice in its shape');
  }
  for (const id of needed) {
    if (id !== undefined && !shapes.has(id) && archive.has('shapes.txt'))
      problems.add('trips.txt', 1, `shape_id: shapes.txt has no ${id}`);
  }
  return shapes;
}
