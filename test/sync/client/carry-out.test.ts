/** Deltas carried out on a generation: it becomes just what was announced, or stays as it was. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findSlot } from '../../../sync/cache/apply-changes.ts';
import { readPointer } from '../../../sync/cache/directory.ts';
import { openGeneration } from '../../../sync/cache/generation.ts';
import { readState, readStatuses } from '../../../sync/cache/generation-rows.ts';
import type { Arrivals } from '../../../sync/client/arrivals.ts';
import { carryOutDelta, type Goal } from '../../../sync/client/carry-out.ts';
import { type FeedFile, type FileRef, packFile, unpackFile } from '../../../sync/feed/feed-file.ts';
import type { FeedIndex } from '../../../sync/feed/index-file.ts';
import { encodeLinkDelta } from '../../../sync/feed/link-delta.ts';
import { noSlot } from '../../../sync/feed/links.ts';
import { createStatuses, encodeStatuses, statusDigest } from '../../../sync/feed/statuses.ts';
import { assignSlots } from '../../../sync/publisher/assign-slots.ts';
import { cacheSnapshot, writeSnapshot } from '../../../sync/publisher/snapshot.ts';
import { noPeople } from '../../../sync/publisher/table/people-columns.ts';
import { suite, type TestContext } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { assertFeedError } from '../feed/damage.ts';

const key = { id: 'k1', key: Buffer.alloc(32, 7) };

/** Files that have arrived. */
function createFiles() {
  const files = new Map<string, FeedFile>();
  const arrivals: Arrivals = {
    fetch: async () => undefined,
    read(file: FileRef) {
      const found = files.get(file.sha256);
      if (found === undefined) throw new Error('not arrived');
      return unpackFile(found.bytes, file);
    },
    keepOnly: () => undefined,
  };
  const put = (file: FeedFile): FileRef => {
    files.set(file.sha256, file);
    return { sha256: file.sha256, length: file.length, size: file.size };
  };
  return { arrivals, put };
}

/** A generation of an empty version 1, and the index of a version 2 with so many slots in partition 0. */
function prepare(context: TestContext, announced: number, inFile: number) {
  const directory = temporaryDirectory(context);
  const { arrivals, put } = createFiles();
  const snapshot = { version: 1, ...assignSlots(noPeople, () => '') };
  const index = writeSnapshot(snapshot, key, {
    bytesWritten: 0,
    put,
    read: arrivals.read,
    finish: () => undefined,
  });
  cacheSnapshot(directory, snapshot, index, key);
  const path = join(directory, readPointer(directory)?.current ?? '');
  const cached = openGeneration(path, [key], {});
  context.after(() => cached.db.close());
  const statuses = createStatuses(Uint32Array.from({ length: 256 }, (_, i) => (i === 0 ? inFile : 0)));
  const file = put(packFile(encodeStatuses(statuses), 'runs'));
  const none = { links: 0, digest: '0'.repeat(32) };
  const next: FeedIndex = {
    ...index,
    version: 2,
    partitions: index.partitions.map((_, i) => ({ ...none, slots: i === 0 ? announced : 0 })),
    status: { file, sha256: statusDigest(statuses), deltas: [] },
  };
  const goal: Goal = { index: next, key, linksAsOf: 1, statusAsOf: 2 };
  return {
    cached,
    arrivals,
    put,
    goal,
    file,
    run: () => carryOutDelta(cached, { links: [], statuses: { whole: file } }, goal, arrivals),
  };
}

suite('feed client: carrying out', test => {
  test('all statuses at once, as announced', context => {
    const { cached, run } = prepare(context, 5, 5);
    run();
    const state = readState(cached.db, cached.seals);
    assert.is(state.version, 2);
    assert.is(readStatuses(cached.db, cached.seals, state.partitions).counts[0], 5);
  });

  test('of a chain of deltas one at a time is in memory', context => {
    const { cached, arrivals, put, goal, file } = prepare(context, 0, 0);
    const deltas = [1, 2, 3].map(slot => {
      const change = { tokens: BigUint64Array.of(7n), slots: Uint32Array.of(slot) };
      return put(packFile(encodeLinkDelta(change), 'noise'));
    });
    const slotAtRead: number[] = [];
    const watched: Arrivals = {
      ...arrivals,
      read(wanted) {
        if (deltas.includes(wanted)) slotAtRead.push(findSlot(cached.db)(7n));
        return arrivals.read(wanted);
      },
    };
    const run = () => carryOutDelta(cached, { links: deltas, statuses: { whole: file } }, goal, watched);
    assertFeedError(run, /partition 0: 1 links/);
    assert.equal(slotAtRead, [noSlot, 1, 2]);
    assert.is(findSlot(cached.db)(7n), noSlot, 'and nothing has changed');
  });

  test('statuses of more or fewer slots than announced are refused, and nothing has changed', context => {
    for (const [announced, inFile] of [
      [5, 6],
      [6, 5],
      [3000, 5],
      [5, 3000],
    ] as const) {
      const { cached, run } = prepare(context, announced, inFile);
      assertFeedError(run, /slots/);
      const state = readState(cached.db, cached.seals);
      assert.is(state.version, 1);
      assert.is(readStatuses(cached.db, cached.seals, state.partitions).counts[0], 0);
    }
  });
});
