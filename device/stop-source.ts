/** The stops of this validator's line, as the feed brings them; none until it has, or where it does not. */
import type { Stop } from './core/stop.ts';
import type { Log } from './log.ts';
import { readStops } from './settings/lines-file.ts';
import { FileProblems } from './settings/yaml-file.ts';

export interface StopSource {
  /** To be asked each time. */
  current(): readonly Stop[];
  /** Takes up what the feed has brought; costs next to nothing where that is nothing. */
  reload(): void;
}

/**
 * One that cannot be used is logged, and the one before kept.
 * @param findFed finds the file that the feed has brought, another one for each content; undefined where there is none
 */
export function createStopSource(line: string, findFed: () => string | undefined, log: Log): StopSource {
  let stops: readonly Stop[] = [];
  let looked: string | undefined;

  function reload(): void {
    const file = findFed();
    if (file === looked) return;
    looked = file;
    if (file !== undefined) take(file);
  }

  function take(path: string): void {
    try {
      stops = readStops(path, line);
      log.info('stops', { line, stops: stops.length });
    } catch (error) {
      if (!(error instanceof FileProblems)) throw error;
      log.error('stops-refused', { problem: error.message });
    }
  }

  reload();
  return { current: () => stops, reload };
}
