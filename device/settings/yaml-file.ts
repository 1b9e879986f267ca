/** Reads a YAML file against a schema and reports every problem at once, each with its line, path and what is allowed. */
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import { didYouMean } from './nearest-word.ts';
import { type Place, parseYaml } from './parsed-yaml.ts';
import { readPlainFile } from './plain-file.ts';

const maxBytes = 1 << 20;

/** All problems of one file, a line each. */
export class FileProblems extends Error {
  override readonly name = 'FileProblems';
}

/** An object that refuses unknown keys and says which it knows. */
export function section<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape);
  const describe = (keys: readonly string[]) =>
    `unknown key ${keys.join(', ')}; allowed here: ${known.join(', ')}${didYouMean(keys[0] ?? '', known)}`;
  return z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? describe(issue.keys) : undefined),
  });
}

/** @throws FileProblems */
export function readYamlFile<T>(path: string, schema: z.ZodType<T>): T {
  const yaml = parseYaml(readText(path));
  if (yaml.problems.length > 0) {
    throw new FileProblems(
      report(
        path,
        yaml.problems.map(({ place, message }) => told(place, message)),
      ),
    );
  }
  const result = schema.safeParse(yaml.value, { error: missing });
  if (result.success) return result.data;
  const problems = result.error.issues.map(issue =>
    told(yaml.placeOf(yaml.nodeNear(issue.path)), describe(issue)),
  );
  throw new FileProblems(report(path, problems));
}

function readText(path: string): string {
  try {
    return readPlainFile(path, maxBytes).toString('utf8');
  } catch (error) {
    throw new FileProblems(report(path, [messageOf(error)]));
  }
}

export function missing(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : undefined;
}

function describe(issue: z.core.$ZodIssue): string {
  const where = pathText(issue.path);
  return `${where === '' ? '' : `${where}: `}${issue.message}`;
}

export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function told(place: Place | undefined, message: string): string {
  return place === undefined ? message : `line ${place.line}, column ${place.column}: ${message}`;
}

function report(path: string, problems: readonly string[]): string {
  return problems.map(problem => `${path}: ${problem}`).join('\n');
}
