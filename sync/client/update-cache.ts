/** Brings the cache to a version of the feed: by the cheapest plan; if a file is unavailable, by the next cheapest. */
import Database from 'better-sqlite3';
import { DeviceError } from '../../device/kit/errors.ts';
import { type Generation, isDamage } from '../cache/generation.ts';
import { FeedError } from '../feed/feed-error.ts';
import type { FileRef } from '../feed/feed-file.ts';
import type { FeedIndex } from '../feed/index-file.ts';
import type { Arrivals } from './arrivals.ts';
import { carryOutDelta, carryOutSnapshot, type Goal } from './carry-out.ts';
import { HttpStatus } from './http.ts';
import { filesOf, type Plan, planSync } from './plan.ts';

/** A file of the feed that is not there, or not what its name says. */
class UnusableFile extends FeedError {
  readonly sha256: string;

  constructor({ sha256 }: FileRef, message: string) {
    super(message);
    this.sha256 = sha256;
  }
}

/** Plans tried before it gives up. */
const maxPlans = 6;

/**
 * @param cached where it starts; undefined for nothing
 * @returns how it got there
 * @throws FeedError when it did not; DeviceError for wire and disk
 */
export async function updateCache(
  goal: Goal,
  cached: Generation | undefined,
  arrivals: Arrivals,
  directory: string,
): Promise<Plan['how']> {
  const unusable = new Set<string>();
  let start = cached;
  let failure: unknown;
  arrivals.keepOnly(everyFileOf(goal.index));
  for (let tried = 1; tried <= maxPlans; tried++) {
    const plan = planUnless(failure, () => planGoal(goal, start, unusable));
    try {
      await fetchAll(plan, arrivals);
      if (plan.how === 'delta' && start !== undefined) carryOutDelta(start, plan, goal, arrivals);
      if (plan.how === 'snapshot') carryOutSnapshot(directory, start, plan, goal, arrivals);
      return plan.how;
    } catch (error) {
      const isOfCache = start !== undefined && error instanceof Database.SqliteError && isDamage(error);
      if (!(error instanceof FeedError || isOfCache)) throw error;
      failure ??= error;
      if (error instanceof UnusableFile) unusable.add(error.sha256);
      // The files are as announced, the resulting state is not: the state it started from must be damaged.
      else if (start !== undefined) start = undefined;
      else throw error;
    }
  }
  throw failure;
}

/** The same data under other dates is a difference without any file. */
function planGoal(goal: Goal, start: Generation | undefined, unusable: ReadonlySet<string>): Plan {
  const plan = planSync(goal.index, start?.state, unusable);
  const { linksAsOf, statusAsOf } = start?.state ?? goal;
  const isDated = linksAsOf === goal.linksAsOf && statusAsOf === goal.statusAsOf;
  return plan.how !== 'none' || isDated ? plan : { how: 'delta', links: [], statuses: { deltas: [] } };
}

/** When no plan is left, the first failure is the one to report. */
function planUnless(failure: unknown, plan: () => Plan): Plan {
  try {
    return plan();
  } catch (error) {
    throw failure ?? error;
  }
}

async function fetchAll(plan: Plan, arrivals: Arrivals): Promise<void> {
  for (const file of filesOf(plan)) {
    try {
      await arrivals.fetch(file);
    } catch (error) {
      if (isFilesFault(error)) throw new UnusableFile(file, error.message);
      throw error;
    }
  }
}

function isFilesFault(error: unknown): error is Error {
  if (error instanceof HttpStatus) return error.status < 500;
  return error instanceof FeedError || (error instanceof DeviceError && error.kind === 'protocol');
}

function everyFileOf({ snapshot, linkDeltas, status }: FeedIndex): FileRef[] {
  const inDeltas = [...linkDeltas, ...status.deltas].map(({ file }) => file);
  const ofSnapshot = snapshot.partitions.map(({ file }) => file).filter(file => file !== null);
  return [...ofSnapshot, ...inDeltas, status.file];
}
