/** What the last publications wrote, so that files that no validator can still be fetching are removed. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../device/kit/durable-file.ts';
import type { FeedIndex } from '../feed/index-file.ts';
import { feedPlaces } from './feed-places.ts';

const publication = z.object({
  version: z.int(),
  /** File names under `files/` and `targets/`. */
  files: z.array(z.string()),
  targets: z.array(z.string()),
  /** Unix milliseconds; not there in what older programs wrote. */
  signedAt: z.int().optional(),
});
type Publication = z.infer<typeof publication>;

/** Versions whose files are kept: a validator fetches the files of the version it has read. */
const kept = 16;

/**
 * Call it before the version is published, so that what is published is always in the history.
 * @param targets file names of the version's targets
 * @param signedAt Unix milliseconds
 */
export function recordPublication(
  dir: string,
  index: FeedIndex,
  targets: readonly string[],
  signedAt: number,
): void {
  const { history } = feedPlaces(dir);
  const now = { version: index.version, files: fileNames(index), targets: [...targets], signedAt };
  const before = readHistory(history).filter(({ version }) => version < now.version);
  writeDurably(history, JSON.stringify([...before, now].slice(-kept)));
}

/** When this publisher last signed a version; undefined where it does not know. */
export function lastSignedAt(dir: string): number | undefined {
  return readHistory(feedPlaces(dir).history).at(-1)?.signedAt;
}

/** The newest version that was about to be published, below a limit; undefined where nothing is recorded. */
export function recordedVersion(dir: string, below = Number.POSITIVE_INFINITY): number | undefined {
  return readHistory(feedPlaces(dir).history)
    .map(({ version }) => version)
    .findLast(version => version < below);
}

/** A missing or damaged history counts as empty. */
function readHistory(path: string): Publication[] {
  try {
    return z.array(publication).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return [];
  }
}

function fileNames({ snapshot, linkDeltas, status }: FeedIndex): string[] {
  const ofSnapshot = snapshot.partitions.flatMap(({ file }) => file ?? []);
  const ofDeltas = [...linkDeltas, ...status.deltas].map(({ file }) => file);
  return [...ofSnapshot, ...ofDeltas, status.file].map(({ sha256 }) => sha256);
}

/** Removes files that none of the last publications names. */
export function pruneFiles(dir: string): void {
  const { history, files, targets, metadata } = feedPlaces(dir);
  const recent = readHistory(history);
  removeOthers(files, new Set(recent.flatMap(({ files }) => files)));
  removeOthers(targets, new Set(recent.flatMap(({ targets }) => targets)));
  const [oldest, newest] = [recent[0]?.version ?? 0, recent.at(-1)?.version ?? Number.POSITIVE_INFINITY];
  for (const name of readdirSync(metadata)) {
    const version = /^(\d+)\.(targets|snapshot)\.json$/.exec(name)?.[1];
    const isOther = version !== undefined && (Number(version) < oldest || Number(version) > newest);
    if (isOther) rmSync(join(metadata, name));
  }
}

function removeOthers(directory: string, names: ReadonlySet<string>): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const { name } = entry;
    if (entry.isFile() && !names.has(name)) rmSync(join(directory, name), { force: true });
  }
}
