/**
 * How large a file of the feed can be, by what the index says is in it. So a small signed file cannot unpack to a large one:
 * a validator has little memory, and takes none for a file before its size has been checked.
 */
import type { FileRef } from './feed-file.ts';

/** All partitions together have no more links, and no more slots. The largest cities have 30 million people. */
export const maxLinks = 2 ** 26;
export const maxPartitionLinks = 2 ** 20;
/** A difference of more links is not worth a delta: a snapshot follows. */
export const maxLinkChanges = 2 ** 20;
/** A difference of more statuses is not worth a delta: the whole array is fetched. */
export const maxStatusChanges = 2 ** 22;

/** Partition, link delta and status delta. */
const headerBytes = 12;
/** A head, eight bytes of the token, four of the slot. */
const bytesPerLink = 13;
/** Five bytes of the gap, half a byte of the status. */
const bytesPerStatus = 5.5;
const statusHeaderBytes = 2 + 4 * 256;

interface Sized {
  /** What the file is, for messages. */
  readonly name: string;
  readonly file: FileRef | null;
  readonly maxSize: number;
}

interface Delta {
  readonly file: FileRef;
}

/** What an index says of files, and how much is in them. */
interface Announced {
  readonly snapshot: {
    readonly partitions: readonly { readonly links: number; readonly file: FileRef | null }[];
  };
  readonly partitions: readonly { readonly slots: number }[];
  readonly linkDeltas: readonly Delta[];
  readonly status: { readonly file: FileRef; readonly deltas: readonly Delta[] };
}

/** @returns what is larger than it can be; undefined for nothing */
export function oversized({ snapshot, partitions, linkDeltas, status }: Announced): string | undefined {
  const statusBytes = partitions.reduce((sum, { slots }) => sum + Math.ceil(slots / 2), statusHeaderBytes);
  const changes = headerBytes + bytesPerLink * maxLinkChanges;
  const statusChanges = headerBytes + bytesPerStatus * maxStatusChanges;
  const files: Sized[] = [
    ...snapshot.partitions.map(({ file, links }, i) => {
      return { name: `partition ${i}`, file, maxSize: headerBytes + bytesPerLink * links };
    }),
    ...linkDeltas.map(({ file }) => ({ name: 'a link delta', file, maxSize: changes })),
    ...status.deltas.map(({ file }) => ({ name: 'a status delta', file, maxSize: statusChanges })),
    { name: 'the statuses', file: status.file, maxSize: statusBytes },
  ];
  const found = files.find(isOversized);
  return found && `${found.name}: ${found.file?.length} bytes that unpack to ${found.file?.size}`;
}

function isOversized({ file, maxSize }: Sized): boolean {
  return file !== null && (file.size > maxSize || file.length > packedAtMost(file.size));
}

/** With what gzip and the seal add to content that cannot be compressed. */
function packedAtMost(size: number): number {
  return size + size / 512 + 1024;
}
