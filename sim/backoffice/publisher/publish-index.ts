/** The last step of a publication: the index and the texts beside it become targets, the metadata is signed. */
import { existsSync, readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { pilotPolicy } from '../../../device/core/policy.ts';
import { readPolicy } from '../../../device/settings/policy-file.ts';
import { writeDurably } from '../../../sync/durable-file.ts';
import {
  decodeIndex,
  encodeIndex,
  type FeedIndex,
  indexTarget,
  linesTarget,
  policyTarget,
} from '../../../sync/feed/index-file.ts';
import { feedPlaces } from './feed-places.ts';
import { pruneFiles, recordPublication } from './history.ts';
import { takeLines, writtenLines } from './lines-text.ts';
import { writeTarget } from './target-files.ts';
import { publishMetadata } from './tuf-repository.ts';

/** How fresh the data of a version is, and what is published with it. */
export interface Edition {
  /** Unix milliseconds: what the metadata's expiry counts from. */
  readonly now: number;
  /** Unix milliseconds; now unless given. */
  readonly linksAsOf?: number | undefined;
  /** Unix milliseconds; now unless given. */
  readonly statusAsOf?: number | undefined;
  /** A policy file to publish from now on; without one the last one stays. */
  readonly policyFile?: string | undefined;
  /** A file of lines and their stops to publish from now on; without one the last one stays. */
  readonly linesFile?: string | undefined;
}

/**
 * @returns bytes of the index
 * @throws FileProblems when the policy or the lines cannot be used
 */
export function publishIndex(dir: string, index: FeedIndex, edition: Edition): number {
  const { now, linksAsOf = now, statusAsOf = now } = edition;
  if (edition.policyFile !== undefined) takePolicy(dir, edition.policyFile);
  if (edition.linesFile !== undefined) takeLines(dir, edition.linesFile);
  const indexFile = encodeIndex(index);
  const custom = { version: index.version, linksAsOf, statusAsOf };
  const targets = {
    [indexTarget]: { ...writeTarget(dir, indexTarget, indexFile.bytes), custom },
    ...writeTexts(dir),
  };
  const names = Object.entries(targets).map(([name, { sha256 }]) => `${sha256}.${name}`);
  recordPublication(dir, index, names);
  publishMetadata(dir, { version: index.version, now, targets });
  pruneFiles(dir);
  writeDurably(feedPlaces(dir).index, indexFile.bytes);
  return indexFile.length;
}

/** @returns undefined before the first one */
export function lastIndex(dir: string): FeedIndex | undefined {
  const { index } = feedPlaces(dir);
  return existsSync(index) ? decodeIndex(readFileSync(index)) : undefined;
}

/** From now on this policy is published. @throws FileProblems when it cannot be used */
function takePolicy(dir: string, policyFile: string): void {
  readPolicy(policyFile);
  writeDurably(feedPlaces(dir).policy, readFileSync(policyFile));
}

/** The policy, and the lines with their stops. */
function writeTexts(dir: string) {
  const { policy } = feedPlaces(dir);
  if (!existsSync(policy)) writeDurably(policy, pilotPolicyText());
  const lines = writtenLines(dir, readPolicy(policy).lines);
  return {
    [policyTarget]: writeTarget(dir, policyTarget, readFileSync(policy)),
    [linesTarget]: writeTarget(dir, linesTarget, lines),
  };
}

function pilotPolicyText(): string {
  const { registrationFrom, trialFrom, enforcedFrom, ...rest } = pilotPolicy;
  const iso = (instant: number) => new Date(instant).toISOString();
  const dates = {
    registrationFrom: iso(registrationFrom),
    trialFrom: iso(trialFrom),
    enforcedFrom: iso(enforcedFrom),
  };
  return stringify({ ...rest, ...dates });
}
