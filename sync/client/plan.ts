/** The cheapest way, by bytes on the wire, from the cached state to a version of the feed. */
import { FeedError } from '../feed/feed-error.ts';
import type { FileRef } from '../feed/feed-file.ts';
import type { Delta, FeedIndex } from '../feed/index-file.ts';

/** The part of the cached state that matters for it. */
export interface CachedState {
  readonly version: number;
  readonly snapshot: number;
  readonly keyId: string;
  readonly partitions: readonly { readonly links: number; readonly digest: string }[];
  readonly statusDigest: string;
}

export type Plan =
  | { readonly how: 'none' }
  | { readonly how: 'delta'; readonly links: readonly FileRef[]; readonly statuses: StatusPlan }
  | {
      readonly how: 'snapshot';
      /** By partition; null where it has no links. */
      readonly partitions: readonly (FileRef | 'as cached' | null)[];
      readonly links: readonly FileRef[];
      readonly statuses: StatusPlan;
    };

export type StatusPlan = { readonly whole: FileRef } | { readonly deltas: readonly FileRef[] };

/**
 * @param unusable hashes of files that are unavailable
 * @throws FeedError when no way leads there
 */
export function planSync(
  index: FeedIndex,
  cached: CachedState | undefined,
  unusable: ReadonlySet<string>,
): Plan {
  const sameKey = cached !== undefined && cached.keyId === index.keyId;
  if (sameKey && cached.version === index.version && isSameState(index, cached)) return { how: 'none' };
  const ways = [
    sameKey && cached.snapshot === index.snapshot.version && cached.version < index.version
      ? viaDeltas(index, cached.version, unusable)
      : undefined,
    viaSnapshot(index, sameKey ? cached : undefined, unusable),
  ].filter(way => way !== undefined);
  const best = ways.reduce<Plan | undefined>(
    (cheapest, way) => (cheapest === undefined || bytesOf(way) < bytesOf(cheapest) ? way : cheapest),
    undefined,
  );
  if (best === undefined) throw new FeedError(`version ${index.version}: no files lead to it`);
  return best;
}

export function filesOf(plan: Plan): FileRef[] {
  if (plan.how === 'none') return [];
  const statuses = 'whole' in plan.statuses ? [plan.statuses.whole] : plan.statuses.deltas;
  const partitions = plan.how === 'snapshot' ? plan.partitions.filter(isFile) : [];
  return [...partitions, ...plan.links, ...statuses];
}

/** By what they hold: whoever has had the signing keys may have given the same number to something else. */
function isSameState({ partitions, status }: FeedIndex, cached: CachedState): boolean {
  const isSame = ({ links, digest }: FeedIndex['partitions'][number], i: number) =>
    cached.partitions[i]?.digest === digest && cached.partitions[i]?.links === links;
  return cached.statusDigest === status.sha256 && partitions.every(isSame);
}

function isFile(file: FileRef | 'as cached' | null): file is FileRef {
  return typeof file === 'object' && file !== null;
}

function bytesOf(plan: Plan): number {
  return filesOf(plan).reduce((sum, { length }) => sum + length, 0);
}

function viaDeltas(index: FeedIndex, from: number, unusable: ReadonlySet<string>): Plan | undefined {
  const links = cheapestChain(index.linkDeltas, from, index.version, unusable);
  const statuses = planStatuses(index, from, unusable);
  return links && statuses && { how: 'delta', links, statuses };
}

function viaSnapshot(
  index: FeedIndex,
  cached: CachedState | undefined,
  unusable: ReadonlySet<string>,
): Plan | undefined {
  const { version, partitions } = index.snapshot;
  const wanted = partitions.map(({ links, digest, file }, i) => {
    const same = cached?.partitions[i];
    return same?.digest === digest && same.links === links ? 'as cached' : file;
  });
  const links = cheapestChain(index.linkDeltas, version, index.version, unusable);
  const lacking = wanted.filter(isFile).some(file => unusable.has(file.sha256));
  if (links === undefined || lacking || unusable.has(index.status.file.sha256)) return undefined;
  return { how: 'snapshot', partitions: wanted, links, statuses: { whole: index.status.file } };
}

function planStatuses(
  { status, version }: FeedIndex,
  from: number,
  unusable: ReadonlySet<string>,
): StatusPlan | undefined {
  const whole = unusable.has(status.file.sha256) ? undefined : status.file;
  const deltas = cheapestChain(status.deltas, from, version, unusable);
  const bytes = deltas?.reduce((sum, { length }) => sum + length, 0) ?? Number.POSITIVE_INFINITY;
  if (whole !== undefined && whole.length < bytes) return { whole };
  return deltas && { deltas };
}

/**
 * Deltas lead only forward: in the order of where they lead to, one look at each is enough.
 * @returns undefined where no chain leads there
 */
export function cheapestChain(
  deltas: readonly Delta[],
  from: number,
  to: number,
  unusable: ReadonlySet<string>,
): FileRef[] | undefined {
  const ways = new Map<number, { readonly bytes: number; readonly files: FileRef[] }>([
    [from, { bytes: 0, files: [] }],
  ]);
  for (const delta of deltas.toSorted((a, b) => a.to - b.to)) {
    const start = ways.get(delta.from);
    if (start === undefined || unusable.has(delta.file.sha256)) continue;
    const bytes = start.bytes + delta.file.length;
    if (bytes < (ways.get(delta.to)?.bytes ?? Number.POSITIVE_INFINITY)) {
      ways.set(delta.to, { bytes, files: [...start.files, delta.file] });
    }
  }
  return ways.get(to)?.files;
}
