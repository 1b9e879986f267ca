/** An index with a few links, to be changed by tests. */
import type { FileRef } from '../../../sync/feed/feed-file.ts';
import type { FeedIndex } from '../../../sync/feed/index-file.ts';

/** A file named by one hex digit. */
export function fileRef(digit: string, length = 10): FileRef {
  return { sha256: digit.repeat(64), length, size: 2 * length };
}

/** Version 5: its snapshot, version 4, has two links in partition 3; one was added since. */
export function sampleIndex(): FeedIndex {
  const none = { links: 0, slots: 0, digest: '0'.repeat(32) };
  const partitions = (links: number) =>
    Array.from({ length: 256 }, (_, i) =>
      i === 3 ? { links, slots: links, digest: 'ab'.repeat(16) } : none,
    );
  return {
    format: 1,
    version: 5,
    keyId: 'fleet-1',
    links: 3,
    snapshot: {
      version: 4,
      partitions: partitions(2).map(partition => ({
        ...partition,
        file: partition.links > 0 ? fileRef('a') : null,
      })),
    },
    partitions: partitions(3),
    linkDeltas: [{ from: 4, to: 5, file: fileRef('b') }],
    status: { file: fileRef('c'), sha256: '5'.repeat(64), deltas: [{ from: 4, to: 5, file: fileRef('f') }] },
  };
}
