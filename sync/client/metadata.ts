/**
 * The feed's signed metadata (The Update Framework 1.0), by tuf-js: signed by keys the root names, not expired, never
 * older than what was seen before, all of one publication.
 *
 * tuf-js writes the metadata it trusts in place: it works on a copy here, from which each file is taken over whole. What
 * it has written it has verified, also when it failed afterwards.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Fetcher, type TargetFile, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { DeviceError, messageOf } from '../../device/errors.ts';
import { writeDurably } from '../durable-file.ts';
import { FeedError } from '../feed/feed-error.ts';
import { sha256Hex } from '../feed/feed-file.ts';
import { type Http, HttpStatus } from './http.ts';
import type { SeenTimestamp } from './memory.ts';

export interface Metadata {
  /** @throws FeedError where the feed has no such target */
  target(name: string): Promise<TargetFile>;
  /** @throws FeedError when it is not what was announced; DeviceError as Http's */
  fetch(target: TargetFile): Promise<Buffer>;
  /** For the next time. */
  readonly timestamp: SeenTimestamp | undefined;
}

export interface MetadataOptions {
  readonly http: Http;
  /** Of the feed, without a slash at the end. */
  readonly url: string;
  /** Where the trusted metadata is kept. */
  readonly directory: string;
  /** The root metadata that the device was given. */
  readonly initialRoot: Buffer;
  readonly seen: SeenTimestamp | undefined;
  /** Whether the initial root is the one the kept metadata began with. */
  readonly sameRoot: boolean;
  /** Unix milliseconds: by what metadata has expired. */
  readonly now: number;
}

/** @throws FeedError when the metadata cannot be trusted; DeviceError as Http's */
export async function refreshMetadata(options: MetadataOptions): Promise<Metadata> {
  const { directory, http, url } = options;
  const copy = `${directory}.copy`;
  prepareCopy(copy, options);
  const fetcher = createFetcher(http, copy, options.seen);
  try {
    const updater = openUpdater(copy, url, fetcher, options.initialRoot);
    judgeExpiryAt(updater, options.now);
    await unwrapped(fetcher, () => updater.refresh());
    return {
      timestamp: fetcher.timestamp(),
      async target(name) {
        const target = await updater.getTargetInfo(name);
        if (target === undefined) throw new FeedError(`the feed has no ${name}`);
        return target;
      },
      fetch: target => unwrapped(fetcher, () => fetchTarget(fetcher, url, target)),
    };
  } finally {
    takeOver(copy, directory);
  }
}

function prepareCopy(copy: string, { directory, initialRoot, sameRoot }: MetadataOptions): void {
  rmSync(copy, { recursive: true, force: true });
  if (sameRoot && existsSync(directory)) cpSync(directory, copy, { recursive: true });
  else mkdirSync(copy, { recursive: true });
  if (!existsSync(join(copy, 'root.json'))) writeFileSync(join(copy, 'root.json'), initialRoot);
}

/** Kept metadata that cannot be read any more is given up for the initial root. */
function openUpdater(metadataDir: string, url: string, fetcher: Fetcher, initialRoot: Buffer): Updater {
  const open = () => new Updater({ metadataDir, metadataBaseUrl: `${url}/metadata`, fetcher });
  try {
    return open();
  } catch {
    writeFileSync(join(metadataDir, 'root.json'), initialRoot);
  }
  try {
    return open();
  } catch (error) {
    throw new FeedError(`the initial root metadata cannot be used: ${messageOf(error)}`);
  }
}

/**
 * tuf-js judges expiry by the system clock at its construction, which may be wrong on a bus, and has no setting for it:
 * its store's reference time is replaced. Fails loudly should another version keep it elsewhere.
 */
function judgeExpiryAt(updater: Updater, now: number): void {
  const store: unknown = Reflect.get(updater, 'trustedSet');
  if (typeof store !== 'object' || store === null || !(Reflect.get(store, 'referenceTime') instanceof Date)) {
    throw new Error('tuf-js keeps no reference time');
  }
  Reflect.set(store, 'referenceTime', new Date(now));
}

function takeOver(copy: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(copy)) {
    const fresh = readFileSync(join(copy, name));
    const kept = join(directory, name);
    if (!existsSync(kept) || !readFileSync(kept).equals(fresh)) writeDurably(kept, fresh);
  }
  rmSync(copy, { recursive: true, force: true });
}

interface FeedFetcher extends Fetcher {
  timestamp(): SeenTimestamp | undefined;
  /** What was fetched last, whatever came. */
  url(): string | undefined;
  /** What made the last fetch fail: tuf-js passes some failures on as text only. */
  failure(): DeviceError | undefined;
}

function createFetcher(http: Http, metadataDir: string, seen: SeenTimestamp | undefined): FeedFetcher {
  let timestamp = seen;
  let lastUrl: string | undefined;
  let failure: DeviceError | undefined;

  async function fetchBytes(url: string, maxLength: number): Promise<Buffer> {
    if (!url.endsWith('/timestamp.json')) return bytesOf(await http.get(url, maxLength));
    const kept = join(metadataDir, 'timestamp.json');
    const isAsSeen = existsSync(kept) && sha256Hex(readFileSync(kept)) === seen?.sha256;
    const fetched = await http.get(url, maxLength, isAsSeen ? seen?.etag : undefined);
    if (fetched === 'unchanged') return readFileSync(kept);
    const { bytes, etag } = fetched;
    timestamp = etag === undefined ? undefined : { etag, sha256: sha256Hex(bytes) };
    return bytes;
  }

  async function downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    failure = undefined;
    lastUrl = url;
    try {
      return await fetchBytes(url, maxLength);
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
    url: () => lastUrl,
    failure: () => failure,
    downloadBytes,
    downloadFile: () => Promise.reject(new Error('targets are fetched by fetchTarget')),
  };
}

function bytesOf(fetched: Awaited<ReturnType<Http['get']>>): Buffer {
  if (fetched === 'unchanged')
    throw new DeviceError('protocol', 'feed', 'status 304 without being asked for it');
  return fetched.bytes;
}

/** Consistent snapshots: a target's name begins with its hash. */
async function fetchTarget(fetcher: Fetcher, url: string, target: TargetFile): Promise<Buffer> {
  const bytes = await fetcher.downloadBytes(
    `${url}/targets/${target.hashes.sha256}.${target.path}`,
    target.length,
  );
  await target.verify(Readable.from([bytes]));
  return bytes;
}

/** What tuf-js found is a FeedError; what the wire did, the DeviceError it was. */
async function unwrapped<T>(fetcher: FeedFetcher, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failure = fetcher.failure() ?? error;
    throw failure instanceof DeviceError ? failure : new FeedError(`${fetcher.url()}: ${messageOf(error)}`);
  }
}
