/** What the files of a feed are, and which of them a validator fetches. */
import type { FeedIndex } from '../../../../sync/feed/index-file.ts';
import type { FaultyServer } from './faulty-server.ts';

export const kinds = [
  'root',
  'timestamp',
  'snapshot',
  'targets',
  'policy',
  'lines',
  'index',
  'partition',
  'link delta',
  'status file',
  'status delta',
] as const;
export type Kind = (typeof kinds)[number];

/** @param index of the version fetched */
export function kindOf(path: string, { snapshot, linkDeltas, status }: FeedIndex): Kind | undefined {
  const name = /^files\/(.+)$/.exec(path)?.[1];
  if (name === undefined) return kinds.find(kind => new RegExp(`\\b${kind}\\.json|${kind}.yaml`).test(path));
  const has = (deltas: FeedIndex['linkDeltas']) => deltas.some(({ file }) => file.sha256 === name);
  if (snapshot.partitions.some(({ file }) => file?.sha256 === name)) return 'partition';
  if (has(linkDeltas)) return 'link delta';
  if (has(status.deltas)) return 'status delta';
  return status.file.sha256 === name ? 'status file' : undefined;
}

/** Paths that were fetched, each once, in the order in which they came. */
export function fetchedPaths({ log }: FaultyServer): string[] {
  return [...new Set(log.filter(({ status }) => status === 200).map(({ path }) => path))];
}

/** The first path of each kind. */
export function oneOfEachKind(paths: readonly string[], index: FeedIndex): Map<Kind, string> {
  const found = new Map<Kind, string>();
  for (const path of paths) {
    const kind = kindOf(path, index);
    if (kind !== undefined && !found.has(kind)) found.set(kind, path);
  }
  return found;
}
