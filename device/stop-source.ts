/** The stops of this validator's line, as the feed brings them; none until it has, or where it does not. */
import type { Stop } from './core/stop.ts';
import { createFedFile, type FedFile } from './fed-file.ts';
import type { Log } from './log.ts';
import { readStops } from './settings/lines-file.ts';

export interface StopSource extends FedFile {
  /** To be asked each time. */
  current(): readonly Stop[];
}

/**
 * One that cannot be used is logged, and the one before kept.
 * @param findFed finds the file that the feed has brought, another one for each content; undefined where there is none
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
