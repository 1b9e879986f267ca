/** The lines of a GTFS feed as validators get them: platforms, ways, names that fit a display. */
import type { RoutePattern } from '../../../device/core/fare/route.ts';
import { FileProblems } from '../../../device/kit/yaml-file.ts';
import {
  isLineName,
  maxNameLength,
  type PublishedLine,
  problemOfStopId,
  problemsOfLine,
} from '../../../device/settings/lines-file.ts';
import { createProblemList, type ProblemList } from '../problem-list.ts';
import { routeOf } from './measure-route.ts';
import { type GtfsTables, readGtfs } from './tables.ts';

/**
 * Timetables of other days count too: what is published today is still in use when they are.
 * @param lines their route_short_name; all that a validator can be of unless given
 * @throws FileProblems
 */
export async function readGtfsLines(path: string, lines: readonly string[]): Promise<PublishedLine[]> {
  const tables = await readGtfs(path, ...lines);
  const problems = createProblemList();
  const served = lines.length > 0 ? lines : tables.trips.map(({ route }) => route).filter(isLineName);
  const read = [...new Set(served)].map(line => lineOf(tables, line, path, problems));
  if (problems.count > 0) throw new FileProblems(problems.text());
  return read;
}

function lineOf(tables: GtfsTables, line: string, path: string, problems: ProblemList): PublishedLine {
  const { patterns } = routeOf(tables, line);
  const ids = [...new Set(patterns.flatMap(({ stops }) => stops.map(({ id }) => id)))];
  const good = ids.filter(id => {
    const problem = problemOfStopId(id);
    const at = `${path}: stops.txt line ${tables.stops.get(id)?.line}: stop_id`;
    if (problem !== undefined) problems.add(`${at}: of a stop of line ${line}: ${problem}`);
    return problem === undefined;
  });
  const published = { line, stops: good.map(id => stopOf(tables, id)), ways: waysOf(patterns) };
  if (good.length === ids.length)
    for (const problem of problemsOfLine(published)) problems.add(`${path}: line ${line}: ${problem}`);
  return published;
}

function stopOf({ stops, english }: GtfsTables, id: string): PublishedLine['stops'][number] {
  const { name = '', position } = stops.get(id) ?? {};
  const zh = fitted(name, maxNameLength.zh) ?? fitted(id, maxNameLength.zh) ?? id;
  return {
    id,
    zh,
    en: fitted(english.of(id, name) ?? name, maxNameLength.en) ?? zh,
    lat: position?.latitudeDeg ?? Number.NaN,
    lon: position?.longitudeDeg ?? Number.NaN,
  };
}

/** A way that differs by its shape alone, or by its timetable, is there once. */
function waysOf(patterns: readonly RoutePattern[]): NonNullable<PublishedLine['ways']> {
  const ways = patterns.map(({ stops }) => ({
    stops: stops.map(({ id }) => id),
    alongM: stops.map(({ alongM }) => alongM),
  }));
  return [...new Map(ways.map(way => [JSON.stringify(way), way])).values()];
}

/** A name that is too long for a display is cut. @returns undefined where nothing of it can be shown */
function fitted(name: string, maxLength: number): string | undefined {
  const shown = name.replaceAll(/\p{C}+/gu, '').trim();
  if (shown.length <= maxLength) return shown === '' ? undefined : shown;
  const characters = [...shown];
  while (characters.join('').length >= maxLength) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}
