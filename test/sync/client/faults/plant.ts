/** Publishes what no publisher would: whoever has the signing keys can. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { createContentCipher } from '../../../../sync/feed/content-cipher.ts';
import {
  type Delta,
  type FeedIndex,
  indexTarget,
  linesTarget,
  policyTarget,
} from '../../../../sync/feed/index-file.ts';
import { checkOfKey } from '../../../../sync/fleet-keys.ts';
import { currentKey } from '../../../../sync/publisher/epochs/epoch-keys.ts';
import { feedPlaces } from '../../../../sync/publisher/feed-places.ts';
import { lastIndex } from '../../../../sync/publisher/publish-index.ts';
import { writeTarget } from '../../../../sync/publisher/signing/target-files.ts';
import { publishedVersion, publishMetadata } from '../../../../sync/publisher/signing/tuf-repository.ts';

export interface Bomb {
  /** JSON, or what is in its place. */
  readonly index?: string;
  readonly policy?: string;
  readonly lines?: string;
}

/** As the next version. @param dir the feed's; the publisher itself learns nothing of it @returns the version */
export function plant(dir: string, { index, policy, lines }: Bomb): number {
  const version = publishedVersion(dir) + 1;
  const key = currentKey(dir);
  const now = Date.now();
  const text = index ?? indexWith(dir, () => ({}));
  const sealed = createContentCipher(key).seal(gzipSync(text), 'index');
  const custom = { version, linksAsOf: now, statusAsOf: now, keyId: key.id, keyCheck: checkOfKey(key) };
  const put = (name: string, bytes: Uint8Array) => ({ [name]: writeTarget(dir, name, bytes) });
  const targets = {
    [indexTarget]: { ...writeTarget(dir, indexTarget, sealed), custom },
    ...put(policyTarget, policy === undefined ? readFileSync(feedPlaces(dir).policy) : Buffer.from(policy)),
    ...put(linesTarget, Buffer.from(lines ?? '{"lines":[]}')),
  };
  publishMetadata(dir, { version, now, targets });
  return version;
}

/** The next version's index, which says the same as the publisher's newest, with something else in it. */
export function indexWith(dir: string, change: (index: FeedIndex) => object): string {
  const last = lastIndex(dir);
  if (last === undefined) throw new Error('nothing published');
  const version = publishedVersion(dir) + 1;
  const later = (deltas: readonly Delta[]) =>
    deltas.map(delta => (delta.to === last.version ? { ...delta, to: version } : delta));
  const { linkDeltas, status, ...newest } = last;
  const snapshot =
    newest.snapshot.version === last.version ? { ...newest.snapshot, version } : newest.snapshot;
  const index = {
    ...newest,
    version,
    snapshot,
    linkDeltas: later(linkDeltas),
    status: { ...status, deltas: [] },
  };
  return JSON.stringify({ ...index, ...change(index) });
}
