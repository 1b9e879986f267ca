/** The stops of this validator's line and the ways of its buses, as the feed brings them; none until then. */
import type { Route } from '../core/fare/route.ts';
import type { Stop } from '../core/stop.ts';
import type { Log } from '../kit/log.ts';
import { type Line, readLine } from '../settings/lines-file.ts';
import { createFedFile, type FedFile } from './fed-file.ts';

export interface StopSource extends FedFile {
  /** Ask each time: they change when the feed brings others. */
  current(): readonly Stop[];
  /** Of the same file as the stops; undefined where it does not say which ways the line's buses go. */
  route(): Route | undefined;
}

/**
 * If the file cannot be used, that is logged and the stops stay as they are.
 * @param findFed the path of the file that the feed has brought, another one for each content; undefined if there is none
 */
export function createStopSource(line: string, findFed: () => string | undefined, log: Log): StopSource {
  let read: Line = { stops: [], route: undefined };
  const fed = createFedFile(
    findFed,
    path => {
      read = readLine(path, line);
      log.info('stops', { line, stops: read.stops.length, ways: read.route?.patterns.length ?? 0 });
    },
    problem => log.error('stops-refused', { problem }),
  );
  fed.reload();
  return { current: () => read.stops, route: () => read.route, reload: fed.reload };
}
