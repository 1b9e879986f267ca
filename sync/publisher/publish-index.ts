/** The last step of a publication: the index, the policy and the lines become targets, the metadata is signed. */
import { existsSync, readFileSync } from 'node:fs';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { createContentCipher } from '../feed/content-cipher.ts';
import { decodeIndex, encodeIndex, type FeedIndex, indexTarget } from '../feed/index-file.ts';
import { checkOfKey, type FleetKey } from '../fleet-keys.ts';
import { takeCrewCards } from './crew-cards.ts';
import { type DeniedMedium, takeDenied } from './denied-media.ts';
import { feedPlaces } from './feed-places.ts';
import { currentFirmware } from './firmware/current-firmware.ts';
import { pruneFiles, recordPublication } from './history.ts';
import { publishedPolicy, takeLines, takePolicy, writePolicyAndLines } from './policy-and-lines.ts';
import { writeTarget } from './signing/target-files.ts';
import { publishMetadata } from './signing/tuf-repository.ts';
import type { SigningDates } from './signing-clock.ts';

/** How fresh the data of a version is, and what is published with it. */
export interface Edition extends SigningDates {
  /** A policy file to publish from now on; without one the last one stays. */
  readonly policyFile?: string | undefined;
  /** A file of lines and their stops to publish from now on; without one the last one stays. */
  readonly linesFile?: string | undefined;
  /** A table of the crew's cards to publish from now on; without one the last one stays. */
  readonly crewCardsFile?: string | undefined;
  /** All denied media from now on; if left out, they stay as last given. */
  readonly denied?: readonly DeniedMedium[] | undefined;
}

/**
 * @param key the one the index names
 * @returns bytes of the index
 * @throws FileProblems when the policy or the lines cannot be used, WrongUsage when the crew's cards cannot
 */
export function publishIndex(dir: string, index: FeedIndex, key: FleetKey, edition: Edition): number {
  const { now, linksAsOf = now, statusAsOf = now } = edition;
  const policy = publishedPolicy(dir, key, edition);
  if (edition.policyFile !== undefined) takePolicy(dir, edition.policyFile);
  if (edition.linesFile !== undefined) takeLines(dir, edition.linesFile);
  if (edition.crewCardsFile !== undefined) takeCrewCards(dir, edition.crewCardsFile);
  if (edition.denied !== undefined) takeDenied(dir, edition.denied);
  const indexFile = encodeIndex(index);
  const sealed = createContentCipher(key).seal(indexFile.bytes, 'index');
  const { version, keyId } = index;
  const custom = { version, linksAsOf, statusAsOf, keyId, keyCheck: checkOfKey(key) };
  const targets = {
    [indexTarget]: { ...writeTarget(dir, indexTarget, sealed), custom },
    ...writePolicyAndLines(dir, policy),
  };
  const names = Object.entries(targets).map(([name, { sha256 }]) => `${sha256}.${name}`);
  const firmware = currentFirmware(dir);
  recordPublication(dir, index, [...names, ...(firmware?.files ?? [])], now);
  publishMetadata(dir, { version, now, targets, delegated: firmware?.delegated });
  pruneFiles(dir);
  writeDurably(feedPlaces(dir).index, indexFile.bytes);
  return sealed.length;
}

/** @returns undefined before the first one */
export function lastIndex(dir: string): FeedIndex | undefined {
  const { index } = feedPlaces(dir);
  return existsSync(index) ? decodeIndex(readFileSync(index)) : undefined;
}
