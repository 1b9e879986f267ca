/** What zod finds wrong with a scenario, in a tester's words and at its place. */
import type { z } from 'zod';
import { notKnown } from '../../device/settings/nearest-word.ts';
import { pathText } from '../../device/settings/yaml-file.ts';
import type { LocatedYaml, Problem } from './located-yaml.ts';

type Issue = z.core.$ZodIssue;

export function describeIssues(issues: readonly Issue[], yaml: LocatedYaml): Problem[] {
  return issues
    .flatMap(issue => innermost(issue, yaml.value))
    .map(issue => {
      const { path } = issue;
      const [key] = issue.code === 'unrecognized_keys' ? issue.keys : [];
      const place = key === undefined ? yaml.placeOf(path) : yaml.placeOfKey(path, key);
      const where = pathText(path);
      return {
        place,
        message: `${where === '' ? '' : `${where}: `}${messageOf(issue, valueAt(yaml.value, path))}`,
      };
    });
}

/** Of what may be one of several, the issues of the one it was most likely meant to be. */
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
  // A message of the union's own says more than what its branches expected.
  return best === undefined || (depth(best) === issue.path.length && isOfKind(best) === 0) ? [issue] : best;
}

function messageOf(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_value') return notKnown(shown(value), issue.values.map(String));
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    const known = issue.options.map(String);
    return value === undefined ? `is required: ${known.join(', ')}` : notKnown(shown(value), known);
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object' && typeof value === 'string') {
    return `${shown(value)} is a text where a key belongs: is a colon missing after its first word?`;
  }
  if (issue.code === 'invalid_type') return wrongType(issue.expected, value) ?? issue.message;
  if (issue.code === 'too_small' && issue.origin === 'array') return 'there is nothing in it';
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
      return `${JSON.stringify(value)} is neither true nor false`;
    case 'number':
      return `${JSON.stringify(value)} is no number`;
    case 'string':
      return typeof value === 'object'
        ? 'a text is expected'
        : `${shown(value)} is no text: put it in quotes`;
    default:
      return undefined;
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
