/** What the last publications wrote, so that files no validator can still be fetching are taken away. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../../sync/durable-file.ts';
import type { FeedIndex } from '../../../sync/feed/index-file.ts';
import { feedPlaces } from './feed-places.ts';

const publication = z.object({
  version: z.int(),
  /** File names under `files/` and `targets/`. */
  files: z.array(z.string()),
  targets: z.array(z.string()),
});
type Publication = z.infer<typeof publication>;

/** Versions whose files are kept: a validator fetches what the version it has read names. */
const kept = 16;

/**
 * Before it is published, so that what is published is always in the history.
 * @param targets file names of the version's targets
 */
export function recordPublication(dir: string, index: FeedIndex, targets: readonly string[]): void {
  const { history } = feedPlaces(dir);
  const now = { version: index.version, files: fileNames(index), targets: [...targets] };
  const before = readHistory(history).filter(({ version }) => version < now.version);
  writeDurably(history, JSON.stringify([...before, now].slice(-kept)));
}

/** One that is missing or damaged tells of nothing. */
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

/** Takes away what none of the last publications names. */
export function pruneFiles(dir: string): void {
  const { history, files, targets, metadata } = feedPlaces(dir);
  const recent = readHistory(history);
  removeOthers(files, new Set(recent.flatMap(({ files }) => files)));
  removeOthers(targets, new Set(recent.flatMap(({ targets }) => targets)));
  const oldest = recent[0]?.version ?? 0;
  for (const name of readdirSync(metadata)) {
    const version = /^(\d+)\.(targets|snapshot)\.json$/.exec(name)?.[1];
    if (version !== undefined && Number(version) < oldest) rmSync(join(metadata, name));
  }
}

function removeOthers(directory: string, names: ReadonlySet<string>): void {
  for (const name of readdirSync(directory)) {
    if (!names.has(name)) rmSync(join(directory, name), { force: true });
  }
}
