/** What a ride of a line cost at a time: by the lines and the policy that were published then. */

import { type FareTable, fareTableAt } from '../../../device/core/fare/fare-table.ts';
import type { Route } from '../../../device/core/fare/route.ts';
import { type Policy, pilotPolicy } from '../../../device/core/policy.ts';
import { type PublishedLine, readLinesYaml, routeOf } from '../../../device/settings/lines-file.ts';
import { readPolicy } from '../../../device/settings/policy-file.ts';
import { type PastFile, pastFiles } from './past.ts';

export interface Tariff {
  /** Without any way where the line's ways are not known: every fare is then that of the shortest ride. */
  readonly route: Route;
  readonly table: FareTable;
  /** The same medium again within so long is the same tap. */
  readonly repeatWindowS: number;
}

export interface Tariffs {
  /** @param at Unix milliseconds */
  at(line: string, at: number): Tariff;
  /** The line as it was published then; undefined where it was not. */
  lineAt(line: string, at: number): PublishedLine | undefined;
  policyAt(at: number): Policy;
  /** No ride is longer, at any time. */
  readonly longestRideMs: number;
}

interface Version<T> {
  readonly since: number;
  readonly what: T;
}

/** @param dir the back office's. @throws FileProblems for a file of the past that cannot be read any more */
export function readTariffs(dir: string): Tariffs {
  const policies = versions(pastFiles(dir, 'policy'), readPolicy);
  const lines = versions(
    pastFiles(dir, 'lines'),
    path => new Map(readLinesYaml(path).map(each => [each.line, each])),
  );
  return createTariffs(policies, lines);
}

function versions<T>(files: readonly PastFile[], read: (path: string) => T): Version<T>[] {
  return files.map(({ since, path }) => ({ since, what: read(path) }));
}

export type Lines = ReadonlyMap<string, PublishedLine>;

/** @param policies, lines the oldest first; the first counts for all time before */
export function createTariffs(
  policies: readonly Version<Policy>[],
  lines: readonly Version<Lines>[],
): Tariffs {
  const routes = new Map<PublishedLine, Route>();
  const policyAt = (at: number) => inForce(policies, at) ?? pilotPolicy;
  const lineAt = (line: string, at: number) => inForce(lines, at)?.get(line);

  function routeAt(line: string, at: number): Route {
    const published = lineAt(line, at);
    if (published === undefined) return { line, patterns: [] };
    const known = routes.get(published) ?? routeOf(published) ?? { line, patterns: [] };
    routes.set(published, known);
    return known;
  }

  const tables = [pilotPolicy, ...policies.map(({ what }) => what)].flatMap(({ fare }) => [
    fare,
    ...fare.changes,
  ]);
  return {
    at(line, at) {
      const { fare, repeatWindowS } = policyAt(at);
      return { route: routeAt(line, at), table: fareTableAt(fare, at), repeatWindowS };
    },
    lineAt,
    policyAt,
    longestRideMs: 1000 * Math.max(...tables.map(({ rideMaxS }) => rideMaxS)),
  };
}

function inForce<T>(all: readonly Version<T>[], at: number): T | undefined {
  return (all.findLast(({ since }) => since <= at) ?? all[0])?.what;
}
