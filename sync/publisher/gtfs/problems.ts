/** What is wrong with a feed, collected so that one look mends it all: each with its file, line and field. */
import { printable } from '../../../device/kit/printable.ts';
import { FileProblems } from '../../../device/kit/yaml-file.ts';

const maxProblems = 50;

export interface GtfsProblems {
  /** @param line from 1, the header's included */
  add(file: string, line: number, what: string): void;
  /** @throws FileProblems if there are any */
  raise(): void;
}

/** @param feed for the problems: its path */
export function createGtfsProblems(feed: string): GtfsProblems {
  const problems: string[] = [];
  let count = 0;
  return {
    add(file, line, what) {
      if (count++ < maxProblems) problems.push(printable(`${feed}: ${file} line ${line}: ${what}`));
    },
    raise() {
      if (count > maxProblems) problems.push(`and ${count - maxProblems} more`);
      if (count > 0) throw new FileProblems(problems.join('\n'));
    },
  };
}
