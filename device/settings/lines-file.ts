/**
 * The bus lines and their stops: `lines.json` as the feed brings it, and the YAML file that a publisher writes it from.
 *
 * A validator reads its own line only, and ignores keys it does not know, so that older firmware works with a newer feed.
 */
import { z } from 'zod';
import type { Stop } from '../core/stop.ts';
import { messageOf } from '../kit/errors.ts';
import { readPlainText } from '../kit/input-file.ts';
import { parseJson } from '../kit/located-json.ts';
import { FileProblems, readYamlFile, section } from '../kit/yaml-file.ts';
import { lineName } from './values.ts';

export const maxLinesBytes = 1 << 20;
export const maxStopsPerLine = 200;
/** On a display of 40 columns, where a Chinese character takes two. */
const stopName = (maxLength: number) =>
  z
    .string()
    .regex(/^[^\p{C}]+$/u, 'must be printable')
    .max(maxLength)
    .refine(isTrimmed, 'begins or ends with a space');

const stop = {
  id: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,32}$/, 'must be 1 to 32 letters, digits, dots, dashes, underscores'),
  zh: stopName(18),
  en: stopName(38),
  /** Degrees, WGS 84; 1e-5 is about a metre. */
  lat: z.number().min(-90).max(90),
  lon: z.number().min(-180).max(180),
};
const stopsOf = <T extends z.ZodType<{ id: string }>>(item: T) =>
  z
    .array(item)
    .max(maxStopsPerLine)
    .refine(stops => new Set(stops.map(({ id }) => id)).size === stops.length, 'two stops have the same id');

const publishedLines = section({
  lines: z
    .array(section({ line: lineName, stops: stopsOf(section(stop)).default([]) }))
    .refine(lines => new Set(lines.map(({ line }) => line)).size === lines.length, 'a line is there twice'),
});

export type PublishedLine = z.infer<typeof publishedLines>['lines'][number];

/** What a publisher is given. @throws FileProblems */
export function readLinesYaml(path: string): readonly PublishedLine[] {
  return readYamlFile(path, publishedLines).lines;
}

const fedLines = z.object({ lines: z.array(z.object({ line: lineName, stops: z.unknown().optional() })) });
const fedStops = stopsOf(z.object(stop)).default([]);

/**
 * The stops of one line, from the feed's file.
 * @returns none where the file has no such line, or no stops for it
 * @throws FileProblems
 */
export function readStops(path: string, line: string): readonly Stop[] {
  const found = checked(path, fedLines, readJson(path)).lines.find(entry => entry.line === line);
  return checked(path, fedStops, found?.stops).map(({ id, zh, en, lat, lon }) => ({
    id,
    name: { zh, en },
    position: { latitudeDeg: lat, longitudeDeg: lon },
  }));
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

function isTrimmed(text: string): boolean {
  return text.trim() === text;
}
