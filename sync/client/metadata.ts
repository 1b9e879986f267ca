/**
 * The feed's signed metadata (The Update Framework 1.0), by tuf-js: signed by keys the root names, not expired, never
 * older than what was seen before, all of one publication.
 *
 * tuf-js writes the metadata it trusts in place, and holds any other of that number for no news. So it works on a copy here.
 * The root is taken over from it at once, even if something failed afterwards, for tuf-js has verified all that it has
 * written; the rest only when the version is in use. Of a version that was refused nothing stands in the way of a better one.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { MetadataKind, type Root, Metadata as TufMetadata } from '@tufjs/models';
import { type Fetcher, type TargetFile, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import { isoTime } from '../../device/core/iso-time.ts';
import type { SignatureExpiry } from '../../device/data-ports.ts';
import { removeUnfinished, writeDurably } from '../../device/kit/durable-file.ts';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { parseJson, refuseDeepJson } from '../../device/kit/located-json.ts';
import { FeedError } from '../feed/feed-error.ts';
import { sha256Hex } from '../feed/feed-file.ts';
import { type FirmwareOffer, readOffer } from '../firmware/offer.ts';
import { type Http, HttpStatus } from './http.ts';
import { refuseDistantExpiry, type SyncTime, timestampLifetimeMs } from './signed-dates.ts';
import { type SeenTimestamp, shortEtag } from './sync-state.ts';

export interface Metadata {
  /** @throws FeedError where the feed has no such target */
  target(name: string): Promise<TargetFile>;
  /** @throws FeedError when it is not what was announced; DeviceError as Http's */
  fetch(target: TargetFile): Promise<Buffer>;
  /** By which all of it was verified. */
  readonly root: TrustedRoot;
  /** The next time begins with it: call it once the version is in use. @throws Error of the disk */
  keep(): void;
  /** The firmware that it announces. */
  readonly firmware: FirmwareOffer;
  /** For the next time. */
  readonly timestamp: SeenTimestamp | undefined;
  readonly expiry: SignatureExpiry;
  /** When the timestamp was signed, Unix milliseconds. */
  readonly signedAt: number;
  /** For how long a cache before the feed says that it has held the timestamp. */
  readonly heldMs: number;
}

export interface TrustedRoot {
  readonly rootVersion: number;
  /** SHA-256 of the keys that it names for everything but itself. If they change, what the former ones signed counts for nothing. */
  readonly signers: string;
}

const rootFile = 'root.json';

export interface MetadataOptions {
  readonly http: Http;
  /** The feed's address, without a slash at the end. */
  readonly url: string;
  /** Where the trusted metadata is kept. */
  readonly directory: string;
  /** The root metadata that the device was given. */
  readonly initialRoot: Buffer;
  readonly seen: SeenTimestamp | undefined;
  /** Whether the initial root is the one the kept metadata began with. */
  readonly sameRoot: boolean;
  /** By which metadata expires. */
  readonly time: SyncTime;
}

/** @throws FeedError when the metadata cannot be trusted; DeviceError as Http's */
export async function refreshMetadata(options: MetadataOptions): Promise<Metadata> {
  const copy = `${options.directory}.copy`;
  const fetcher = createFetcher(options.http, copy, options.seen);
  try {
    return await refreshOnce(options, copy, fetcher);
  } catch (error) {
    // Something may be wrong with what is remembered, or with who answers by it: the feed is asked as if for the first time.
    if (!fetcher.reliedOnMemory()) throw error;
    return refreshOnce(options, copy, createFetcher(options.http, copy, undefined));
  }
}

async function refreshOnce(options: MetadataOptions, copy: string, fetcher: FeedFetcher): Promise<Metadata> {
  const { directory, url } = options;
  prepareCopy(copy, options);
  try {
    const updater = openUpdater(copy, url, fetcher, options.initialRoot);
    // Without a belief nothing has expired: no health code is verified then, and newer data must be able to come.
    const store = trustedStoreOf(updater, options.time === 'unknown' ? 0 : options.time.earliest);
    await unwrapped(fetcher, () => updater.refresh(), options.time);
    refuseDistantExpiry(store.timestamp?.signed.expires, options.time);
    const firmware = await readOffer(updater, store);
    const files = readdirSync(copy).map(name => [name, readFileSync(join(copy, name))] as const);
    return {
      keep: () => takeOver(files, directory),
      root: describeRoot(store.root.signed),
      firmware,
      timestamp: fetcher.timestamp(),
      expiry: expiryOf(store),
      heldMs: fetcher.heldMs(),
      signedAt: Date.parse(store.timestamp?.signed.expires ?? '') - timestampLifetimeMs,
      async target(name) {
        const target = await updater.getTargetInfo(name);
        if (target === undefined) throw new FeedError(`the feed has no ${name}`);
        return target;
      },
      fetch: target => unwrapped(fetcher, () => fetchTarget(fetcher, url, target)),
    };
  } finally {
    takeOver([[rootFile, readFileSync(join(copy, rootFile))]], directory);
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @throws FeedError when they are not root metadata */
export function readRoot(bytes: Buffer): TrustedRoot {
  try {
    return describeRoot(TufMetadata.fromJSON(MetadataKind.Root, JSON.parse(bytes.toString('utf8'))).signed);
  } catch {
    throw unusableRoot(bytes);
  }
}

function describeRoot({ version, roles }: Root): TrustedRoot {
  const signers = ['timestamp', 'snapshot', 'targets'].map(role => roles[role]?.keyIDs.toSorted());
  return { rootVersion: version, signers: sha256Hex(Buffer.from(JSON.stringify(signers))) };
}

function expiryOf({ root, targets, snapshot }: TrustedMetadataStore): SignatureExpiry {
  const of = (metadata: { readonly signed: { readonly expires: string } } | undefined) =>
    Date.parse(metadata?.signed.expires ?? '');
  return { root: of(root), targets: of(targets), snapshot: of(snapshot) };
}

function prepareCopy(copy: string, { directory, initialRoot, sameRoot, time }: MetadataOptions): void {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  if (sameRoot && existsSync(directory)) {
    removeUnfinished(directory);
    for (const name of readdirSync(directory)) {
      // Without a belief the dates of what is in use may be what is wrong: its number keeps out no better one.
      if (name === rootFile || time !== 'unknown') copyFileSync(join(directory, name), join(copy, name));
    }
  }
  if (!existsSync(join(copy, rootFile))) writeFileSync(join(copy, rootFile), initialRoot);
}

/** If the kept metadata cannot be read, it is dropped and the initial root takes its place. */
function openUpdater(metadataDir: string, url: string, fetcher: Fetcher, initialRoot: Buffer): Updater {
  const open = () => new Updater({ metadataDir, metadataBaseUrl: `${url}/metadata`, fetcher });
  try {
    return open();
  } catch {
    writeFileSync(join(metadataDir, rootFile), initialRoot);
  }
  try {
    return open();
  } catch {
    throw unusableRoot(initialRoot);
  }
}

/** In place of tuf-js's message, which quotes the file: it may be another one than was meant. */
function unusableRoot(initialRoot: Buffer): FeedError {
  const say = (why: string) => new FeedError(`the initial root metadata cannot be used: ${why}`);
  try {
    parseJson(initialRoot.toString('utf8'));
    return say('it is no signed root of TUF');
  } catch (error) {
    return say(messageOf(error));
  }
}

/**
 * tuf-js judges expiry by the system clock at its construction, which may be wrong on a bus, and has no setting for it:
 * its store's reference time is replaced. Fails loudly should another version keep it elsewhere.
 * @returns what tuf-js has verified
 */
function trustedStoreOf(updater: Updater, now: number): TrustedMetadataStore {
  const store: unknown = Reflect.get(updater, 'trustedSet');
  if (!(store instanceof TrustedMetadataStore && Reflect.get(store, 'referenceTime') instanceof Date)) {
    throw new Error('tuf-js keeps no reference time');
  }
  Reflect.set(store, 'referenceTime', new Date(now));
  return store;
}

function takeOver(files: readonly (readonly [name: string, fresh: Buffer])[], directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, fresh] of files) {
    const kept = join(directory, name);
    if (!existsSync(kept) || !readFileSync(kept).equals(fresh)) writeDurably(kept, fresh);
  }
}

interface FeedFetcher extends Fetcher {
  timestamp(): SeenTimestamp | undefined;
  /** The timestamp has been in a cache for so long. */
  heldMs(): number;
  /** The body fetched last, good or bad. */
  url(): string | undefined;
  /** Whether the timestamp was asked for by its ETag. */
  reliedOnMemory(): boolean;
  /** What made the last fetch fail: tuf-js passes some failures on as text only. */
  failure(): DeviceError | undefined;
}

/** Ours has a few KB. */
const maxMetadataBytes = 128 << 10;

function createFetcher(http: Http, metadataDir: string, seen: SeenTimestamp | undefined): FeedFetcher {
  let timestamp = seen;
  let heldMs = 0;
  let lastUrl: string | undefined;
  let failure: DeviceError | undefined;
  let reliedOnMemory = false;

  async function fetchBytes(url: string, maxLength: number): Promise<Buffer> {
    if (!url.endsWith('/timestamp.json')) return bytesOf(await http.get(url, maxLength));
    const kept = join(metadataDir, 'timestamp.json');
    const isAsSeen = existsSync(kept) && sha256Hex(readFileSync(kept)) === seen?.sha256;
    reliedOnMemory = isAsSeen;
    const fetched = await http.get(url, maxLength, isAsSeen ? seen?.etag : undefined);
    heldMs = http.heldMs;
    if (fetched === 'unchanged') return readFileSync(kept);
    const { bytes } = fetched;
    const etag = shortEtag.safeParse(fetched.etag);
    timestamp = etag.success ? { etag: etag.data, sha256: sha256Hex(bytes) } : undefined;
    return bytes;
  }

  async function downloadBytes(url: string, announcedLength: number): Promise<Buffer> {
    failure = undefined;
    lastUrl = url;
    try {
      if (isTarget(url)) return await fetchBytes(url, announcedLength);
      const bytes = await fetchBytes(url, Math.min(announcedLength, maxMetadataBytes));
      // tuf-js parses it next.
      refuseDeepJson(bytes.toString('utf8'));
      return bytes;
    } catch (error) {
      if (error instanceof HttpStatus && [403, 404].includes(error.status) && url.endsWith('.root.json')) {
        throw new DownloadHTTPError(error.message, error.status);
      }
      if (error instanceof DeviceError) failure = error;
      throw error;
    }
  }

  return {
    timestamp: () => timestamp,
    heldMs: () => heldMs,
    url: () => lastUrl,
    reliedOnMemory: () => reliedOnMemory,
    failure: () => failure,
    downloadBytes,
    downloadFile: () => Promise.reject(new Error('targets are fetched by fetchTarget')),
  };
}

function isTarget(url: string): boolean {
  return /\/targets\/[^/]+$/.test(url);
}

function bytesOf(fetched: Awaited<ReturnType<Http['get']>>): Buffer {
  if (fetched === 'unchanged')
    throw new DeviceError('protocol', 'feed', 'status 304 without being asked for it');
  return fetched.bytes;
}

/** Consistent snapshots: a target's name begins with its hash. */
async function fetchTarget(fetcher: Fetcher, url: string, target: TargetFile): Promise<Buffer> {
  const path = `${url}/targets/${target.hashes.sha256}.${target.path}`;
  const bytes = await fetcher.downloadBytes(path, target.length);
  await target.verify(Readable.from([bytes]));
  return bytes;
}

/**
 * What tuf-js found wrong becomes a FeedError; a failure of the wire stays the DeviceError it was.
 * @param time by which metadata expires: an old feed and a wrong clock look the same
 */
async function unwrapped<T>(fetcher: FeedFetcher, run: () => Promise<T>, time?: SyncTime): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failure = fetcher.failure() ?? error;
    if (failure instanceof DeviceError) throw failure;
    const why = messageOf(error);
    const hasClock = time !== undefined && time !== 'unknown' && /expired/.test(why);
    const clock = hasClock ? `, the clock says ${isoTime(time.earliest)}: one of the two is wrong` : '';
    throw new FeedError(`${fetcher.url()}: ${why}${clock}`);
  }
}
