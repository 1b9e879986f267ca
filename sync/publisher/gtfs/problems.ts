/** What is wrong with a feed, each with its file, line and field. */
import { FileProblems } from '../../../device/kit/yaml-file.ts';
import { createProblemList } from '../problem-list.ts';

export interface GtfsProblems {
  /** @param line from 1, the header's included */
  add(file: string, line: number, what: string): void;
  /** @throws FileProblems if there are any */
  raise(): void;
}

/** @param feed for the problems: its path */
export function createGtfsProblems(feed: string): GtfsProblems {
  const problems = createProblemList();
  return {
    add: (file, line, what) => problems.add(`${feed}: ${file} line ${line}: ${what}`),
    raise() {
      if (problems.count > 0) throw new FileProblems(problems.text());
    },
  };
}
