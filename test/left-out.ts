/** What a test may need that a machine may lack, and how the tests that were left out are told to run.ts. */
import { isProgram } from '../drivers/wire/program.ts';

/** A program that has the name of its Debian package, or something else that may be missing. */
export type Requirement = string | NamedRequirement;

/** One test that was left out, and what it needs. */
export interface LeftOut {
  readonly what: string;
  /** The Debian packages that bring it. */
  readonly packages: readonly string[];
}

interface NamedRequirement extends LeftOut {
  readonly met: () => boolean;
}

const mark = 'left out: ';

export function named(needed: Requirement): NamedRequirement {
  if (typeof needed !== 'string') return needed;
  return { what: needed, packages: [needed], met: () => isProgram(needed) };
}

export function tellLeftOut({ what, packages }: NamedRequirement): void {
  process.stdout.write(`\n${mark}${JSON.stringify({ what, packages })}\n`);
}

export function isLeftOut(line: string): boolean {
  return line.startsWith(mark);
}

/** @param line one for which `isLeftOut` holds */
export function readLeftOut(line: string): LeftOut {
  return JSON.parse(line.slice(mark.length));
}

/** What is missing, how many tests each costs, and the one command that brings all of it. */
export function summariseLeftOut(leftOut: readonly LeftOut[]): string {
  const costs = new Map<string, number>();
  for (const { what } of leftOut) costs.set(what, (costs.get(what) ?? 0) + 1);
  const packages = [...new Set(leftOut.flatMap(({ packages }) => packages))].sort();
  // The reader's binding is compiled when it is installed, which needs the library's headers.
  const binding = packages.includes('libpcsclite-dev') ? ' && npm ci' : '';
  return [
    `!!! TESTS LEFT OUT: ${leftOut.length}. This machine lacks`,
    ...[...costs].map(([what, tests]) => `!!!   ${what}, for ${tests}`),
    ...(packages.length === 0
      ? []
      : [`!!! This installs all of it: sudo apt-get install ${packages.join(' ')}${binding}`]),
    '',
  ].join('\n');
}
