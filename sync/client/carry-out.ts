/** Carries out a plan whose files have all arrived. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { moveDurably } from '../../device/kit/durable-file.ts';
import { applyChanges, type Reached } from '../cache/apply-changes.ts';
import { newGenerationName, putIntoUse } from '../cache/directory.ts';
import { type Generation, openGeneration } from '../cache/generation.ts';
import { buildGeneration, type GenerationBuilder } from '../cache/generation-builder.ts';
import { readLinks } from '../cache/generation-links.ts';
import { makeSideFiles } from '../cache/read-only-media.ts';
import { keyOrder } from '../cache/schema.ts';
import type { AnnouncedState } from '../cache/seal.ts';
import { FeedError } from '../feed/feed-error.ts';
import type { FileRef } from '../feed/feed-file.ts';
import type { FeedIndex } from '../feed/index-file.ts';
import { decodeLinkDelta } from '../feed/link-delta.ts';
import { createLinkMac } from '../feed/link-mac.ts';
import type { Links } from '../feed/links.ts';
import { decodePartition } from '../feed/partition.ts';
import { decodeStatusDelta } from '../feed/status-delta.ts';
import { createStatuses, decodeStatuses, statusDigest } from '../feed/statuses.ts';
import type { FleetKey } from '../fleet-keys.ts';
import type { Arrivals } from './arrivals.ts';
import type { Plan, StatusPlan } from './plan.ts';

/** Where a sync is to end. */
export interface Goal {
  readonly index: FeedIndex;
  /** The one the index names. */
  readonly key: FleetKey;
  /** Unix milliseconds */
  readonly linksAsOf: number;
  /** Unix milliseconds */
  readonly statusAsOf: number;
}

type DeltaPlan = Pick<Extract<Plan, { how: 'delta' }>, 'links' | 'statuses'>;
type SnapshotPlan = Extract<Plan, { how: 'snapshot' }>;

/** @throws FeedError when the result is not the goal; then nothing has changed */
export function carryOutDelta(cached: Generation, plan: DeltaPlan, goal: Goal, arrivals: Arrivals): void {
  const links = decoded(plan.links, file => decodeLinkDelta(arrivals.read(file), file));
  const statuses = readStatusPlan(plan.statuses, arrivals);
  const slotCounts = goal.index.partitions.map(({ slots }) => slots);
  applyChanges(cached, { links, statuses, slotCounts }, reached => checkReached(reached, goalState(goal)));
}

/** @returns the goal's state. @throws FeedError when something else has come out */
function checkReached({ partitions, statuses, statusDigest }: Reached, goal: AnnouncedState): AnnouncedState {
  partitions.forEach(({ links, digest }, i) => {
    const announced = goal.partitions[i];
    if (links !== announced?.links || digest !== announced.digest) {
      throw new FeedError(
        `partition ${i}: ${links} links with digest ${digest}, announced ${announced?.links} with ${announced?.digest}`,
      );
    }
    if (statuses.counts[i] !== announced.slots) {
      throw new FeedError(
        `partition ${i}: ${statuses.counts[i]} statuses, announced ${announced.slots} slots`,
      );
    }
  });
  if (statusDigest !== goal.statusDigest) {
    throw new FeedError(`statuses: digest ${statusDigest}, announced ${goal.statusDigest}`);
  }
  return goal;
}

/**
 * Builds a generation of the snapshot, takes it to the goal's version, and only then puts it into use.
 * @param cached unchanged partitions are copied from it
 * @throws FeedError when the result is not the goal; what was in use stays in use
 */
export function carryOutSnapshot(
  directory: string,
  cached: Generation | undefined,
  plan: SnapshotPlan,
  goal: Goal,
  arrivals: Arrivals,
): void {
  const name = newGenerationName(directory, goal.index.version);
  // Until it has reached the goal, its name is one that nobody opens, even without a pointer.
  const building = join(directory, `${name}.building`);
  const builder = buildGeneration(building, goal.key);
  try {
    addPartitions(builder, cached, plan, goal.index, arrivals);
    const statuses = createStatuses(Uint32Array.from(goal.index.snapshot.partitions, ({ slots }) => slots));
    builder.finish(snapshotState(goal, statusDigest(statuses)), statuses);
  } catch (error) {
    builder.discard();
    throw error;
  }
  try {
    const built = openGeneration(building, [goal.key], {});
    try {
      carryOutDelta(built, plan, goal, arrivals);
      built.db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      built.db.close();
    }
  } catch (error) {
    for (const end of ['', '-wal', '-shm']) rmSync(building + end, { force: true });
    throw error;
  }
  makeSideFiles(join(directory, name));
  moveDurably(building, join(directory, name));
  putIntoUse(directory, name);
}

function addPartitions(
  builder: GenerationBuilder,
  cached: Generation | undefined,
  plan: SnapshotPlan,
  { snapshot }: FeedIndex,
  arrivals: Arrivals,
): void {
  for (const partition of keyOrder) {
    const expected = snapshot.partitions[partition];
    if (expected === undefined) throw new FeedError(`the snapshot has no partition ${partition}`);
    builder.addPartition(
      partition,
      linksOf(partition, plan.partitions[partition], cached, arrivals),
      expected,
    );
  }
}

function linksOf(
  partition: number,
  from: SnapshotPlan['partitions'][number] | undefined,
  cached: Generation | undefined,
  arrivals: Arrivals,
): Links {
  if (from === undefined || from === null) return noLinks;
  if (from !== 'as cached') return decodePartition(arrivals.read(from), partition, from);
  if (cached === undefined) throw new FeedError(`partition ${partition}: nothing cached to take it from`);
  return readLinks(cached.db, createLinkMac(cached.key), partition);
}

const noLinks: Links = { tokens: new BigUint64Array(0), slots: new Uint32Array(0) };

function readStatusPlan(plan: StatusPlan, arrivals: Arrivals) {
  if ('whole' in plan) return decodeStatuses(arrivals.read(plan.whole), `statuses ${plan.whole.sha256}`);
  return decoded(plan.deltas, file => decodeStatusDelta(arrivals.read(file), file.sha256));
}

/** One at a time: small files of a long chain may unpack to much more than there is memory. */
function* decoded<T>(files: readonly FileRef[], decode: (file: FileRef) => T): Generator<T> {
  for (const file of files) yield decode(file);
}

function goalState({ index, linksAsOf, statusAsOf }: Goal): AnnouncedState {
  const { version, snapshot, keyId, partitions, status } = index;
  const state = { version, snapshot: snapshot.version, keyId, partitions };
  return { ...state, linksAsOf, statusAsOf, statusDigest: status.sha256 };
}

/** Never in use: all its statuses are unknown, and as old as can be. */
function snapshotState({ index }: Goal, unknown: string): AnnouncedState {
  const { version, partitions } = index.snapshot;
  const state = { version, snapshot: version, keyId: index.keyId, linksAsOf: 0, statusAsOf: 0 };
  const plain = partitions.map(({ links, slots, digest }) => ({ links, slots, digest }));
  return { ...state, partitions: plain, statusDigest: unknown };
}
