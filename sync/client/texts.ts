/**
 * What the feed brings beside the links: the policy, and the lines with their stops. Each is parsed here, in the syncing
 * thread, before it is kept: the thread of the taps reads only what can be used.
 */
import type { TargetFile } from 'tuf-js';
import { messageOf } from '../../device/kit/errors.ts';
import { decodeUtf8, NotUtf8 } from '../../device/kit/text.ts';
import { FileProblems } from '../../device/kit/yaml-file.ts';
import { checkFedLines, maxLinesBytes } from '../../device/settings/lines-file.ts';
import { checkPolicy, maxPolicyBytes } from '../../device/settings/policy-file.ts';
import { hasTarget, keepTarget } from '../cache/targets.ts';
import { linesTarget, policyTarget } from '../feed/index-file.ts';
import type { Metadata } from './metadata.ts';

interface Text {
  readonly name: string;
  readonly maxBytes: number;
  /** @throws FileProblems */
  check(text: string, name: string): void;
}

const texts: readonly Text[] = [
  { name: policyTarget, maxBytes: maxPolicyBytes, check: checkPolicy },
  { name: linesTarget, maxBytes: maxLinesBytes, check: checkFedLines },
];

export interface FetchedTexts {
  /** The names of those that have changed. */
  readonly renewed: readonly string[];
  /** Why some cannot be used: what was kept before stays, and the links are taken all the same. */
  readonly unusable: readonly string[];
}

/** @throws FeedError when one is not what was announced; DeviceError as Http's */
export async function fetchTexts(metadata: Metadata, directory: string): Promise<FetchedTexts> {
  const renewed: string[] = [];
  const unusable: string[] = [];
  for (const text of texts) {
    const target = await metadata.target(text.name);
    if (hasTarget(directory, text.name, target.hashes.sha256 ?? '')) continue;
    try {
      keepTarget(directory, text.name, await fetchUsable(metadata, target, text));
      renewed.push(text.name);
    } catch (error) {
      if (!(error instanceof FileProblems)) throw error;
      unusable.push(messageOf(error));
    }
  }
  return { renewed, unusable };
}

async function fetchUsable(
  metadata: Metadata,
  target: TargetFile,
  { name, maxBytes, check }: Text,
): Promise<Buffer> {
  if (target.length > maxBytes)
    throw new FileProblems(`${name}: ${target.length} bytes, at most ${maxBytes} are read`);
  const bytes = await metadata.fetch(target);
  check(decode(bytes, name), name);
  return bytes;
}

/** @throws FileProblems */
function decode(bytes: Buffer, name: string): string {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    throw error instanceof NotUtf8 ? new FileProblems(`${name}: ${error.message}`) : error;
  }
}
