/** A web server for a feed that does what servers and wires do wrong, and keeps a record of all it was asked. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestContext } from '../../../harness.ts';

/** One answer on its way; a fault changes it, or sends something itself. */
export interface Answer {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  status: number;
  headers: Record<string, string | number>;
  /** Of the file, or of what was asked of it. */
  body: Buffer;
  /** The whole file; undefined where there is none. */
  readonly file: Buffer | undefined;
}

/** @returns true when it has sent, or will send, the answer itself */
export type Fault = (answer: Answer) => boolean;

export interface Asked {
  /** Without the slash in front. */
  readonly path: string;
  readonly range: string | undefined;
  status: number;
  /** Of the body. */
  bytes: number;
}

export interface FaultyServer {
  readonly url: string;
  /** What is served. */
  directory: string;
  /** Milliseconds before each answer. */
  slowMs: number;
  readonly log: Asked[];
  /**
   * @param path a path, or what it matches
   * @param times how often; without end unless given
   * @returns ends it
   */
  inject(path: string | RegExp, fault: Fault, times?: number): () => void;
}

interface Injected {
  readonly matches: (path: string) => boolean;
  readonly fault: Fault;
  times: number;
}

export async function serveFaulty(context: TestContext, directory: string): Promise<FaultyServer> {
  const injected = new Set<Injected>();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  context.after(async () => {
    server.closeAllConnections();
    await new Promise(closed => server.close(closed));
  });
  const faulty: FaultyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    directory,
    slowMs: 0,
    log: [],
    inject(path, fault, times = Number.POSITIVE_INFINITY) {
      const matches = (asked: string) => (typeof path === 'string' ? asked === path : path.test(asked));
      const one = { matches, fault, times };
      injected.add(one);
      return () => injected.delete(one);
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').slice(1);
    const asked: Asked = { path, range: request.headers.range, status: 0, bytes: 0 };
    faulty.log.push(asked);
    countBytes(response, asked);
    if (faulty.slowMs > 0) await delay(faulty.slowMs);
    const right = rightAnswer(request, response, join(faulty.directory, path));
    const wrong = [...injected].find(({ matches, times }) => times > 0 && matches(path));
    if (wrong !== undefined) wrong.times--;
    if (wrong?.fault(right)) return;
    send(right);
  }
  return faulty;
}

function rightAnswer(request: IncomingMessage, response: ServerResponse, path: string): Answer {
  const file = existsSync(path) ? readFileSync(path) : undefined;
  const answer = {
    request,
    response,
    file,
    status: 200,
    headers: {},
    body: file ?? Buffer.from('none here'),
  };
  if (file === undefined) return { ...answer, status: 404 };
  const etag = `"${createHash('sha256').update(file).digest('hex').slice(0, 16)}"`;
  const headers = { etag, 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
  if (request.headers['if-none-match'] === etag)
    return { ...answer, status: 304, headers, body: Buffer.alloc(0) };
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) return { ...answer, headers };
  const range = { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` };
  if (from < file.length)
    return { ...answer, status: 206, headers: { ...headers, ...range }, body: file.subarray(from) };
  return { ...answer, status: 416, headers, body: Buffer.alloc(0) };
}

export function send({ response, status, headers, body }: Answer): void {
  const length = status === 304 ? {} : { 'content-length': body.length };
  response.writeHead(status, { ...length, ...headers });
  response.end(body);
}

function countBytes(response: ServerResponse, asked: Asked): void {
  const [write, end] = [response.write.bind(response), response.end.bind(response)] as const;
  const count = (chunk: unknown) => {
    if (Buffer.isBuffer(chunk)) asked.bytes += chunk.length;
  };
  response.write = ((chunk: unknown, ...rest: never[]) => {
    asked.status = response.statusCode;
    count(chunk);
    return write(chunk, ...rest);
  }) as typeof response.write;
  response.end = ((chunk: unknown, ...rest: never[]) => {
    asked.status = response.statusCode;
    count(chunk);
    return end(chunk as never, ...rest);
  }) as typeof response.end;
}
