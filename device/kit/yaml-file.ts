/** Reads a YAML file against a schema and reports every problem at once, each with its line, path and what is allowed. */
import { z } from 'zod';
import { messageOf } from './errors.ts';
import { forgetOldest } from './forget-oldest.ts';
import { readPlainText } from './input-file.ts';
import { type LocatedYaml, type Place, type Problem, parseYaml } from './located-yaml.ts';
import { unknownKeys } from './nearest-word.ts';
import { printable } from './printable.ts';
import { NotUtf8 } from './text.ts';

const usualMaxBytes = 1 << 20;

/** One of them, for who shows them otherwise than as lines of a text. */
export interface FileProblem {
  /** Undefined where its words name it. */
  readonly file?: string;
  readonly place?: Place | undefined;
  readonly message: string;
}

/** All problems of one file, a line each. */
export class FileProblems extends Error {
  override readonly name = 'FileProblems';
  readonly each: readonly FileProblem[];

  constructor(text: string, each: readonly FileProblem[] = text.split('\n').map(message => ({ message }))) {
    super(text);
    this.each = each;
  }
}

/** An object that refuses unknown keys and says which it knows. */
export function section<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, known) : undefined),
  });
}

/** @throws FileProblems */
export function readYamlFile<T>(
  path: string,
  schema: z.ZodType<T>,
  maxBytes = usualMaxBytes,
  describe?: Describe,
): T {
  return checkYaml(readText(path, maxBytes), path, schema, describe);
}

/** Puts a schema's issues into words. */
type Describe = (issues: readonly z.core.$ZodIssue[], yaml: LocatedYaml) => readonly Problem[];

function asTheSchemaSays(issues: readonly z.core.$ZodIssue[], yaml: LocatedYaml): readonly Problem[] {
  return issues.flatMap(keyByKey).map(issue => ({
    place: placeOf(issue, yaml),
    message: withPath(issue.path, issue.message),
  }));
}

/** Each unknown key for itself, as it has a place of its own. `section` tells of each in a line. */
export function keyByKey(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  const messages = issue.message.split('\n');
  return issue.keys.map((key, i) => ({ ...issue, keys: [key], message: messages[i] ?? issue.message }));
}

/** What has come of the newest texts, by schema. */
const repeated = new WeakMap<z.ZodType, Map<string, unknown>>();
const keptTexts = 3;

/**
 * For a schema whose texts are read again and again: a publisher reads the same policy three times for each version, and most of a
 * small version's processor time was YAML. What comes of one text is one value for all who read it: nobody may change it.
 */
export function forRepeatedTexts<T>(schema: z.ZodType<T>): z.ZodType<T> {
  repeated.set(schema, new Map());
  return schema;
}

/** @param path for the problems. @throws FileProblems */
export function checkYaml<T>(
  text: string,
  path: string,
  schema: z.ZodType<T>,
  describe: Describe = asTheSchemaSays,
): T {
  const known = repeated.get(schema);
  if (known?.has(text)) return known.get(text) as T;
  const yaml = parseYaml(text);
  if (yaml.problems.length > 0) throw problemsOf(path, yaml.problems);
  const result = schema.safeParse(yaml.value, { error: missing });
  if (result.success) {
    known?.set(text, result.data);
    if (known !== undefined) forgetOldest(known, keptTexts);
    return result.data;
  }
  throw problemsOf(path, [...yaml.suspects(), ...describe(result.error.issues, yaml)]);
}

/** Where the issue's value stands; for an unknown key, where the key stands. */
export function placeOf(issue: z.core.$ZodIssue, yaml: LocatedYaml): Place | undefined {
  const [key] = issue.code === 'unrecognized_keys' ? issue.keys : [];
  return key === undefined ? yaml.placeOf(issue.path) : yaml.placeOfKey(issue.path, key);
}

function readText(path: string, maxBytes: number): string {
  try {
    return readPlainText(path, maxBytes);
  } catch (error) {
    const problem =
      error instanceof NotUtf8
        ? { place: error.place, message: error.what }
        : { place: undefined, message: messageOf(error) };
    throw problemsOf(path, [problem]);
  }
}

/** The message of a schema for a key that is required and not there. */
export function missing(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : undefined;
}

/** @returns `displays[0].path: message` */
export function withPath(path: readonly PropertyKey[], message: string): string {
  const where = path.map((key, i) =>
    typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${nameOf(String(key))}`,
  );
  return where.length === 0 ? message : `${where.join('')}: ${message}`;
}

/** The names of our own formats are short words; any other key is part of what the file holds. */
export function nameOf(key: string): string {
  return /^[A-Za-z0-9_-]{1,24}$/.test(key) ? key : '…';
}

function problemsOf(path: string, problems: readonly Problem[]): FileProblems {
  return new FileProblems(
    report(path, problems),
    problems.map(({ place, message }) => ({ file: path, place, message: printable(message) })),
  );
}

function report(path: string, problems: readonly Problem[]): string {
  return problems
    .map(({ place, message }) =>
      place === undefined
        ? `${printable(path)}: ${printable(message)}`
        : `${printable(path)}: line ${place.line}, column ${place.column}: ${printable(message)}`,
    )
    .join('\n');
}
