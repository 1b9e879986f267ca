/**
 * The bus lines, their stops and ways: `lines.json` as the feed brings it, and the YAML file that a publisher writes it from.
 *
 * A validator reads its own line only, and ignores keys it does not know, so that older firmware works with a newer feed.
 */
import { z } from 'zod';
import type { Route } from '../core/fare/route.ts';
import type { Stop } from '../core/stop.ts';
import { messageOf } from '../kit/errors.ts';
import { readPlainText } from '../kit/input-file.ts';
import { parseJson } from '../kit/located-json.ts';
import { FileProblems, forRepeatedTexts, readYamlFile, section, withPath } from '../kit/yaml-file.ts';
import { lineName, stopId } from './values.ts';

export const maxLinesBytes = 1 << 20;
export const maxStopsPerLine = 200;
/** Two directions, and each with its variants: short runs, school days, a way round a closed road. */
const maxWaysPerLine = 40;
/** The longest lines of a city come to some 100 km. */
const maxWayM = 1_000_000;
/** On a display of 40 columns, where a Chinese character takes two. */
export const maxNameLength = { zh: 18, en: 38 } as const;
const stopName = (maxLength: number) =>
  z
    .string()
    .regex(/^[^\p{C}]+$/u, 'must be printable')
    .max(maxLength)
    .refine(isTrimmed, 'begins or ends with a space');

const stop = {
  id: stopId,
  zh: stopName(maxNameLength.zh),
  en: stopName(maxNameLength.en),
  /** Degrees, WGS 84; 1e-5 is about a metre. */
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
};
const stopsOf = <T extends z.ZodType<{ id: string }>>(item: T) =>
  z
    .array(item)
    .max(maxStopsPerLine)
    .refine(stops => new Set(stops.map(({ id }) => id)).size === stops.length, 'two stops have the same id');

/** One way that buses of the line go: its stops in the order of travel, and how far along the road each is from the first. */
const way = {
  stops: z.array(stop.id).min(2).max(maxStopsPerLine),
  /** Metres. */
  alongM: z.array(z.number().min(0).max(maxWayM)).refine(fromZeroOn, 'must begin with 0 and never fall'),
};
const waysOf = <T extends z.ZodType<Way>>(item: T) =>
  z.array(item.refine(isOneLength, 'stops and alongM are not of one length')).max(maxWaysPerLine);

interface Way {
  readonly stops: readonly string[];
  readonly alongM: readonly number[];
}
interface StopsAndWays {
  readonly stops: readonly { readonly id: string }[];
  readonly ways?: readonly Way[] | undefined;
}

const publishedLine = section({
  line: lineName,
  stops: stopsOf(section(stop)).default([]),
  ways: waysOf(section(way)).optional(),
}).refine(hasItsStops, { path: ['ways'], error: noSuchStop });
const publishedLines = forRepeatedTexts(
  section({
    lines: z
      .array(publishedLine)
      .refine(lines => new Set(lines.map(({ line }) => line)).size === lines.length, 'a line is there twice'),
  }),
);

export type PublishedLine = z.infer<typeof publishedLine>;

/** Whether a validator can be of a line of this name. */
export function isLineName(text: string): boolean {
  return lineName.safeParse(text).success;
}

/** @returns why validators could not name a stop so */
export function problemOfStopId(text: string): string | undefined {
  return stopId.safeParse(text).error?.issues[0]?.message;
}

/** @returns why validators could not use a line */
export function problemsOfLine(line: PublishedLine): string[] {
  const result = publishedLine.safeParse(line);
  return result.error?.issues.map(({ path, message }) => withPath(path, message)) ?? [];
}

/** What a publisher is given. @throws FileProblems */
export function readLinesYaml(path: string): readonly PublishedLine[] {
  return readYamlFile(path, publishedLines).lines;
}

const fedLines = z.object({
  lines: z.array(z.object({ line: lineName, stops: z.unknown().optional(), ways: z.unknown().optional() })),
});
const fedLine = z
  .object({ stops: stopsOf(z.object(stop)).default([]), ways: waysOf(z.object(way)).optional() })
  .refine(hasItsStops, { path: ['ways'], error: noSuchStop });

/** What a validator needs of its line. */
export interface Line {
  readonly stops: readonly Stop[];
  /** Undefined where the feed does not say which ways its buses go: its fare cannot depend on the distance. */
  readonly route: Route | undefined;
}

/**
 * One line, from the feed's file.
 * @returns neither stops nor route where the file has no such line
 * @throws FileProblems
 */
export function readLine(path: string, line: string): Line {
  const found = checked(path, fedLines, readJson(path)).lines.find(entry => entry.line === line);
  const { stops, ways = [] } = checked(path, fedLine, found ?? {});
  return { stops: stops.map(stopOf), route: routeOf({ line, ways }) };
}

/** @returns undefined for a line whose ways are not given */
export function routeOf({ line, ways = [] }: Pick<PublishedLine, 'line' | 'ways'>): Route | undefined {
  const patterns = ways.map(way => ({
    stops: way.stops.map((id, i) => ({ id, alongM: way.alongM[i] ?? 0 })),
  }));
  return patterns.length === 0 ? undefined : { line, patterns };
}

/** @param name for the problems. @throws FileProblems where it is no such file; the stops of a line are looked at by who needs them */
export function checkFedLines(text: string, name: string): void {
  checked(name, fedLines, json(text, name));
}

function readJson(path: string): unknown {
  try {
    return json(readPlainText(path, maxLinesBytes), path);
  } catch (error) {
    throw error instanceof FileProblems ? error : new FileProblems(`${path}: ${messageOf(error)}`);
  }
}

function json(text: string, name: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new FileProblems(`${name}: ${messageOf(error)}`);
  }
}

function checked<T>(path: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new FileProblems(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function stopOf({ id, zh, en, lat, lon }: z.infer<typeof fedLine>['stops'][number]): Stop {
  return { id, name: { zh, en }, position: { latitudeDeg: lat, longitudeDeg: lon } };
}

function fromZeroOn(alongM: readonly number[]): boolean {
  return alongM[0] === 0 && alongM.every((along, i) => along >= (alongM[i - 1] ?? 0));
}

function isOneLength({ stops, alongM }: Way): boolean {
  return stops.length === alongM.length;
}

function hasItsStops(line: StopsAndWays): boolean {
  return strangersOf(line).length === 0;
}

/** @param input one that `hasItsStops` has refused */
function noSuchStop({ input }: { readonly input?: unknown }): string {
  return `the line has no stop ${strangersOf(input as StopsAndWays)
    .slice(0, 5)
    .join(', ')}`;
}

function strangersOf({ stops, ways = [] }: StopsAndWays): string[] {
  const known = new Set(stops.map(({ id }) => id));
  return [...new Set(ways.flatMap(({ stops: passed }) => passed))].filter(id => !known.has(id));
}

function isTrimmed(text: string): boolean {
  return text.trim() === text;
}
