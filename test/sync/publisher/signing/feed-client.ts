/** A feed on a real web server, read by tuf-js's own client. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve, sep } from 'node:path';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { request } from 'undici';
import * as assert from 'uvu/assert';
import { writeTarget } from '../../../../sync/publisher/signing/target-files.ts';
import {
  initRepository,
  type Publication,
  publishMetadata,
} from '../../../../sync/publisher/signing/tuf-repository.ts';
import type { TestContext } from '../../../harness.ts';
import { temporaryDirectory } from '../../../temporary.ts';

export interface Feed {
  readonly dir: string;
  /** A path under what is public. */
  file(path: string): string;
  /** Publishes `status.bin`, whose content names the version, now and as of now unless told otherwise. */
  publish(version: number, options?: Partial<Publication>): void;
  /** A client that trusts the first root metadata; what it has seen it keeps. */
  client(): Client;
  /** Changes a file in place, and gives back how to undo it. */
  tamper(path: string, change: (bytes: Buffer) => Buffer): () => void;
}

export interface Client {
  /** The content of `status.bin` */
  read(): Promise<string>;
}

export const target = 'status.bin';

/** @param now Unix milliseconds: when the feed is made */
export async function makeFeed(context: TestContext, now = Date.now()): Promise<Feed> {
  const dir = join(temporaryDirectory(context), 'feed');
  const { root } = initRepository(dir, now);
  const file = (path: string) => join(dir, 'public', path);
  const url = await serve(context, file('.'));
  return {
    dir,
    file,
    publish: (version, options = {}) => publishStatus(dir, version, options),
    client: () => createClient(temporaryDirectory(context), root, url),
    tamper(path, change) {
      const before = readFileSync(file(path));
      writeFileSync(file(path), change(before));
      return () => writeFileSync(file(path), before);
    },
  };
}

export function publishStatus(dir: string, version: number, options: Partial<Publication> = {}): void {
  const written = writeTarget(dir, target, Buffer.from(`status ${version}`));
  const targets = { [target]: { ...written, custom: { asOf: version } } };
  publishMetadata(dir, { version, now: Date.now(), targets, ...options });
}

/** What the client makes of it, in words: the content, or why it is refused. */
export async function outcome(client: Client): Promise<string> {
  return client.read().catch(error => String(error));
}

export async function assertRefused(client: Client, reason: RegExp): Promise<void> {
  assert.match(await outcome(client), reason);
}

/** tuf-js's own is not installed (package.json, overrides). */
class UndiciFetcher extends BaseFetcher {
  async fetch(url: string) {
    const { statusCode, body } = await request(url);
    if (statusCode !== 200) throw new DownloadHTTPError('Failed to download', statusCode);
    return body;
  }
}
const fetcher = new UndiciFetcher();

/** An Updater is good for one refresh. */
function createClient(dir: string, root: string, url: string): Client {
  const metadataDir = join(dir, 'metadata');
  mkdirSync(metadataDir);
  copyFileSync(root, join(metadataDir, 'root.json'));
  return {
    async read() {
      const updater = new Updater({
        metadataDir,
        metadataBaseUrl: `${url}/metadata`,
        targetDir: dir,
        targetBaseUrl: `${url}/targets`,
        fetcher,
      });
      await updater.refresh();
      const info = await updater.getTargetInfo(target);
      if (!info) throw new Error(`no ${target}`);
      const content = readFileSync(await updater.downloadTarget(info), 'utf8');
      return `${content}, ${JSON.stringify(info.custom)}`;
    },
  };
}

async function serve({ after }: TestContext, folder: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = resolve(folder, `.${new URL(request.url ?? '', 'http://feed').pathname}`);
    try {
      if (!path.startsWith(resolve(folder) + sep)) throw new Error('outside');
      response.end(readFileSync(path));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  after(async () => {
    server.closeAllConnections();
    await new Promise(closed => server.close(closed));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
