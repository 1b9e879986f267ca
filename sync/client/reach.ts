/** Gets to a version of the feed: the cheapest way first, the next where its files cannot be had. */
import Database from 'better-sqlite3';
import { DeviceError } from '../../device/errors.ts';
import type { Generation } from '../cache/generation.ts';
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

/** Ways tried before it gives up. */
const maxWays = 6;

/**
 * @param here where it starts; undefined for nothing
 * @returns how it got there
 * @throws FeedError when it did not; DeviceError for wire and disk
 */
export async function reach(
  goal: Goal,
  here: Generation | undefined,
  arrivals: Arrivals,
  directory: string,
): Promise<Plan['how']> {
  const unusable = new Set<string>();
  let start = here;
  let failure: unknown;
  arrivals.keepOnly(everyFileOf(goal.index));
  for (let way = 1; way <= maxWays; way++) {
    const plan = planUnless(failure, () => planSync(goal.index, start?.state, unusable));
    try {
      await fetchAll(plan, arrivals);
      if (plan.how === 'delta' && start !== undefined) carryOutDelta(start, plan, goal, arrivals);
      if (plan.how === 'snapshot') carryOutSnapshot(directory, start, plan, goal, arrivals);
      return plan.how;
    } catch (error) {
      if (!(error instanceof FeedError || (start !== undefined && isDamage(error)))) throw error;
      failure ??= error;
      if (error instanceof UnusableFile) unusable.add(error.sha256);
      // Its files are as announced, yet another state comes out: what it started from cannot be what it says it is.
      else if (start !== undefined) start = undefined;
      else throw error;
    }
  }
  throw failure;
}

/** What SQLite says of a generation whose pages are not as they were written. */
function isDamage(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/** Once nothing leads there any more, what went wrong first is what is wrong. */
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
