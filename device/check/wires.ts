/** Two parts on one wire: the first to come has it, and the other never works. */
import type { Config } from '../settings/config.ts';

/** @returns what is wrong, a text each */
export function doubleWires(config: Config): string[] {
  const byPath = new Map<string, string[]>();
  for (const { key, path } of wiresOf(config)) byPath.set(path, [...(byPath.get(path) ?? []), key]);
  return [...byPath]
    .filter(([, keys]) => keys.length > 1)
    .map(
      ([path, keys]) => `${keys.join(' and ')} are on the same wire, ${path}: only one of them can have it`,
    );
}

function wiresOf({ codeReaders, displays, speakers, crewKeys, doorContact, console, gnss }: Config) {
  const each = (key: string, parts: readonly object[]) =>
    parts.map((part, i) => ({ key: `${key}[${i}]`, path: pathOf(part) }));
  return [
    ...each('codeReaders', codeReaders),
    ...each('displays', displays),
    ...each('speakers', speakers),
    ...each('crewKeys', crewKeys),
    { key: 'doorContact', path: pathOf(doorContact) },
    { key: 'console', path: pathOf(console) },
    { key: 'gnss', path: pathOf(gnss) },
  ].flatMap(({ key, path }) => (path === undefined ? [] : [{ key, path }]));
}

/** Only what one program at a time can have: a camera's address may be shared. */
function pathOf(part: object | undefined): string | undefined {
  const { path, source } = (part ?? {}) as { path?: unknown; source?: unknown };
  if (typeof path === 'string' && path !== 'stdout') return path;
  const device = (source as { v4l2?: unknown } | undefined)?.v4l2;
  return typeof device === 'string' ? device : undefined;
}
