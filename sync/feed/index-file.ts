/** The index of one version: names every file of it with lengths and hashes, and the digests of the resulting state. */
import { z } from 'zod';
import { latestMs } from '../../device/core/time-belief.ts';
import { messageOf } from '../../device/kit/errors.ts';
import { parseJson } from '../../device/kit/located-json.ts';
import { FeedError } from './feed-error.ts';
import { type FeedFile, gunzip, packFile } from './feed-file.ts';
import { maxLinks, maxPartitionLinks, oversized } from './file-sizes.ts';
import { maxLocal, partitionCount } from './links.ts';

/** The names of the feed's TUF targets. */
export const indexTarget = 'index.json.gz';
export const policyTarget = 'policy.yaml';
export const linesTarget = 'lines.json';

export const maxIndexBytes = 1 << 20;
const maxIndexSize = 2 << 20;
const maxDeltas = 1000;

const count = z.int().min(0).max(maxLinks);
const version = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const digest = z.string().regex(/^[0-9a-f]{32}$/);
const file = z.strictObject({
  sha256,
  length: z.int().min(1),
  size: z.int().min(0),
});
/** What a partition comes to: how many links and slots it has, and its links' set digest. */
const partition = z.strictObject({
  links: z.int().min(0).max(maxPartitionLinks),
  slots: z.int().min(0).max(maxLocal),
  digest,
});
/** One without links has no file. */
const snapshotPartition = z
  .strictObject({ ...partition.shape, file: file.nullable() })
  .refine(
    ({ links, file }) => (links === 0) === (file === null),
    'has links but no file, or a file but no links',
  );
const partitions = <T extends z.ZodType>(item: T) => z.array(item).length(partitionCount);
const delta = z
  .strictObject({ from: version, to: version, file })
  .refine(({ from, to }) => from < to, 'a delta leads to a later version');

/** Names a key under which accounts become tokens, also in paths. */
const keyId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/i);

const schema = z.strictObject({
  format: z.literal(1),
  version,
  /** Names the key under which accounts became tokens. */
  keyId,
  links: count,
  /** All links as they were at an earlier version, or this one, and the numbering of slots since then. */
  snapshot: z.strictObject({
    version,
    partitions: partitions(snapshotPartition),
  }),
  /** The state at this version. */
  partitions: partitions(partition),
  linkDeltas: z.array(delta).max(maxDeltas),
  status: z.strictObject({ file, sha256, deltas: z.array(delta).max(maxDeltas) }),
});

export type FeedIndex = z.infer<typeof schema>;
export type PartitionState = z.infer<typeof partition>;
export type SnapshotPartition = z.infer<typeof snapshotPartition>;
export type Delta = z.infer<typeof delta>;

export function encodeIndex(index: FeedIndex): FeedFile {
  return packFile(Buffer.from(JSON.stringify(schema.parse(index))), 'text');
}

/** @throws FeedError naming every place that is not as it should be */
export function decodeIndex(bytes: Uint8Array): FeedIndex {
  const name = 'index';
  const text = gunzip(bytes, maxIndexSize, name).toString('utf8');
  const result = schema.safeParse(parsed(text, name));
  if (!result.success) {
    const problems = result.error.issues
      .slice(0, 10)
      .map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new FeedError(`${name}: ${problems.join('; ')}`);
  }
  const { data } = result;
  checkCounts(data, name);
  if (data.snapshot.version > data.version) throw new FeedError(`${name}: its snapshot is later than itself`);
  const problem = oversized(data);
  if (problem !== undefined) throw new FeedError(`${name}: out of proportion: ${problem}`);
  return data;
}

function checkCounts(data: FeedIndex, name: string): void {
  const sumOf = (of: 'links' | 'slots', partitions: readonly PartitionState[]) =>
    partitions.reduce((total, partition) => total + partition[of], 0);
  const sum = sumOf('links', data.partitions);
  if (sum !== data.links) throw new FeedError(`${name}: ${data.links} links, its partitions have ${sum}`);
  const most = Math.max(
    sumOf('links', data.snapshot.partitions),
    sumOf('slots', data.snapshot.partitions),
    sumOf('slots', data.partitions),
  );
  if (most > maxLinks) throw new FeedError(`${name}: ${most} links or slots, at most ${maxLinks}`);
}

function parsed(text: string, name: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new FeedError(`${name}: ${messageOf(error)}`);
  }
}

const asOf = z.int().min(0).max(latestMs);

/** Whether a validator can take data of this date at all. @param at Unix milliseconds */
export function isSignable(at: number): boolean {
  return asOf.safeParse(at).success;
}

/** What the signed metadata says beside the index's hash: how fresh the data is (Unix milliseconds), and which key opens it. */
export const indexCustom = z.object({
  version,
  linksAsOf: asOf,
  statusAsOf: asOf,
  keyId,
  /** `checkOfKey` of that key. */
  keyCheck: digest,
});
