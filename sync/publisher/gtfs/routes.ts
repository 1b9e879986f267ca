/** agency.txt and routes.txt. */
import type { GtfsArchive } from './archive.ts';
import type { GtfsProblems } from './problems.ts';
import { readGtfsRows } from './rows.ts';

/** @returns route_short_name by route_id; a route without one has an empty name */
export async function readRoutes(archive: GtfsArchive, problems: GtfsProblems): Promise<Map<string, string>> {
  const agencies = new Set<string | undefined>();
  await readGtfsRows(archive, 'agency.txt', problems, ({ agency_id }, line) => {
    if (agencies.has(agency_id)) problems.add('agency.txt', line, 'agency_id: is there twice');
    agencies.add(agency_id);
  });
  const routes = new Map<string, string>();
  await readGtfsRows(archive, 'routes.txt', problems, (row, line) => {
    const problem = (what: string) => problems.add('routes.txt', line, what);
    if (routes.has(row.route_id)) problem('route_id: is there twice');
    if (row.route_short_name === undefined && row.route_long_name === undefined)
      problem('route_short_name: is missing, and so is route_long_name');
    if (row.agency_id === undefined ? agencies.size > 1 : !agencies.has(row.agency_id))
      problem(
        row.agency_id === undefined
          ? 'agency_id: is missing, and there are several agencies'
          : `agency_id: agency.txt has no ${row.agency_id}`,
      );
    routes.set(row.route_id, row.route_short_name ?? '');
  });
  return routes;
}
