/** The stops of this validator's line, as the feed brings them; none until then. */
import type { Stop } from '../core/stop.ts';
import type { Log } from '../kit/log.ts';
import { readStops } from '../settings/lines-file.ts';
import { createFedFile, type FedFile } from './fed-file.ts';

export interface StopSource extends FedFile {
  /** Ask each time: they change when the feed brings others. */
  current(): readonly Stop[];
}

/**
 * If the file cannot be used, that is logged and the stops stay as they are.
 * @param findFed the path of the file that the feed has brought, another one for each content; undefined if there is none
 */
export function createStopSource(line: string, findFed: () => string | undefined, log: Log): StopSource {
  let stops: readonly Stop[] = [];
  const fed = createFedFile(
    findFed,
    path => {
      stops = readStops(path, line);
      log.info('stops', { line, stops: stops.length });
    },
    problem => log.error('stops-refused', { problem }),
  );
  fed.reload();
  return { current: () => stops, reload: fed.reload };
}
