/** Turns zod’s issues with a YAML file into problems in the words of whoever wrote it, each with its place. */
import type { z } from 'zod';
import type { LocatedYaml, Problem } from './located-yaml.ts';
import { didYouMean, notKnown } from './nearest-word.ts';
import { keyByKey, placeOf, withPath } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

export function describeIssues(issues: readonly Issue[], yaml: LocatedYaml): Problem[] {
  return issues
    .flatMap(issue => innermost(issue, yaml.value))
    .flatMap(keyByKey)
    .map(issue => {
      const { path } = issue;
      return {
        place: placeOf(issue, yaml),
        message: withPath(path, messageOf(issue, valueAt(yaml.value, path))),
      };
    });
}

/** For a union, the issues of the branch that was most likely meant. */
function innermost(issue: Issue, root: unknown): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const branches = issue.errors.map(issues =>
    issues.flatMap(inner => innermost({ ...inner, path: [...issue.path, ...inner.path] } as Issue, root)),
  );
  const depth = (issues: readonly Issue[]) => Math.max(...issues.map(({ path }) => path.length));
  const isObject = typeof valueAt(root, issue.path) === 'object';
  const isOfKind = (issues: readonly Issue[]) =>
    issues.some(({ code }) => code === 'invalid_type' || (isObject && code === 'invalid_value')) ? 0 : 1;
  const [best] = branches.toSorted((a, b) => depth(b) - depth(a) || isOfKind(b) - isOfKind(a));
  // Here the union's own message says more than its branches' expectations.
  return best === undefined || (depth(best) === issue.path.length && isOfKind(best) === 0) ? [issue] : best;
}

function messageOf(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_value') return notOneOf(value, issue.values.map(String));
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    const known = issue.options.map(String);
    return value === undefined ? `is required: ${known.join(', ')}` : notOneOf(value, known);
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object' && typeof value === 'string') {
    return 'is a text where a key belongs: is a colon missing after its first word?';
  }
  if (issue.code === 'invalid_type') return wrongType(issue.expected, value) ?? issue.message;
  if (issue.code === 'too_small' && issue.origin === 'array') return 'there is nothing in it';
  // A record's key; the library says only that it is one.
  if (issue.code === 'invalid_key') return issue.issues.map(inner => inner.message).join(', ');
  return issue.message;
}

function wrongType(expected: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return 'there is nothing in it';
  switch (expected) {
    case 'array':
      return 'a list is expected: each of its items begins with a dash';
    case 'object':
      return 'keys with their values are expected, as key: value';
    case 'boolean':
      return `${subject(value)}is neither true nor false`;
    case 'number':
      return `${subject(value)}is no number`;
    case 'string':
      return typeof value === 'object'
        ? 'a text is expected'
        : `${subject(value)}is no text: put it in quotes`;
    default:
      return undefined;
  }
}

/** Numbers and truth values are named. A text may be from another file than was meant. */
function subject(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? `${value} ` : '';
}

/** Quotes the value only where it is near a known one: the file may be another one than was meant. */
function notOneOf(value: unknown, known: readonly string[]): string {
  const word = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return didYouMean(word, known) === '' ? `one of ${known.join(', ')} is expected` : notKnown(word, known);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
