/** What is wrong with a file, collected so that one look mends it all: the first 50, and how many more. */
import { printable } from '../../device/kit/printable.ts';

const maxProblems = 50;

export interface ProblemList {
  readonly count: number;
  add(text: string): void;
  /** What ended the reading is told however many there are. @param text printable */
  addLast(text: string): void;
  /** A line each. */
  text(): string;
}

export function createProblemList(): ProblemList {
  const first: string[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(text) {
      if (count++ < maxProblems) first.push(printable(text));
    },
    addLast(text) {
      first.push(text);
    },
    text() {
      const more = count > maxProblems ? [`and ${count - maxProblems} more`] : [];
      return [...first, ...more].join('\n');
    },
  };
}
