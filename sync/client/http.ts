/**
 * Fetches what a feed serves, over undici: nothing longer than announced, nothing slower than a trickle, no redirects;
 * what is being fetched into a file goes on where it broke off.
 */
import { createWriteStream, rmSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { DeviceError, messageOf } from '../../device/errors.ts';

export interface HttpOptions {
  /** At least `trickleBytes` must come in this time, headers and each part of a body alike. */
  readonly timeoutMs: number;
  /** Undefined for as fast as it goes; at least 4,096. */
  readonly bytesPerS?: number | undefined;
}

export interface Http {
  /** Bytes of bodies received so far. */
  readonly received: number;
  /**
   * @param etag of what is already here
   * @throws HttpStatus, DeviceError (disconnected, timeout, protocol)
   */
  get(url: string, maxBytes: number, etag?: string): Promise<Fetched | 'unchanged'>;
  /**
   * Appends to the file what it lacks of `length` bytes. What has come is kept when it throws.
   * @throws HttpStatus, DeviceError (disconnected, timeout, protocol, storage)
   */
  download(url: string, file: string, length: number): Promise<void>;
  close(): Promise<void>;
}

export interface Fetched {
  readonly bytes: Buffer;
  readonly etag: string | undefined;
}

/** An answer with a status that is no success; redirects are none either. */
export class HttpStatus extends DeviceError {
  readonly status: number;

  constructor(url: string, status: number) {
    const redirect = status >= 300 && status < 400 ? ', redirects are not followed' : '';
    super('protocol', 'feed', `${url}: status ${status}${redirect}`);
    this.status = status;
  }
}

const trickleBytes = 1024;

export function createHttp({ timeoutMs, bytesPerS }: HttpOptions): Http {
  const agent = new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 16_384,
    connections: 1,
  });
  const pace = createPace(bytesPerS);
  let received = 0;

  async function ask(url: string, headers: Record<string, string>): Promise<Dispatcher.ResponseData> {
    try {
      const answer = await request(url, {
        dispatcher: agent,
        headers: { 'accept-encoding': 'identity', ...headers },
      });
      answer.body.on('error', () => undefined);
      return answer;
    } catch (error) {
      throw translate(url, error);
    }
  }

  /** Each part of a body in turn, no more than `maxBytes` of them. */
  async function* partsOf(url: string, { body, headers }: Dispatcher.ResponseData, maxBytes: number) {
    const tooLong = () =>
      new DeviceError('protocol', 'feed', `${url}: longer than the ${maxBytes} bytes announced`);
    const tricklesOnly = watchTrickle(body, timeoutMs);
    let length = 0;
    try {
      if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLong();
      const encoding = headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity')
        throw new DeviceError('protocol', 'feed', `${url}: content-encoding ${encoding}`);
      for await (const part of body as AsyncIterable<Buffer>) {
        length += part.length;
        received += part.length;
        tricklesOnly.came(part.length);
        if (length > maxBytes) throw tooLong();
        tricklesOnly.hold(true);
        yield part;
        await pace(part.length);
        tricklesOnly.hold(false);
      }
    } catch (error) {
      const late = tricklesOnly.reason();
      throw error instanceof DeviceError && error !== late ? error : translate(url, late ?? error);
    } finally {
      tricklesOnly.end();
      body.destroy();
    }
  }

  return {
    get received() {
      return received;
    },
    async get(url, maxBytes, etag) {
      const answer = await ask(url, etag === undefined ? {} : { 'if-none-match': etag });
      if (answer.statusCode === 304 && etag !== undefined) {
        await answer.body.dump();
        return 'unchanged';
      }
      expectStatus(url, answer, 200);
      const parts: Buffer[] = [];
      for await (const part of partsOf(url, answer, maxBytes)) parts.push(part);
      const { etag: tag } = answer.headers;
      return { bytes: Buffer.concat(parts), etag: typeof tag === 'string' ? tag : undefined };
    },
    async download(url, file, length) {
      let from = sizeOf(file);
      if (from >= length) {
        rmSync(file, { force: true });
        from = 0;
      }
      const answer = await ask(url, from > 0 ? { range: `bytes=${from}-` } : {});
      const resumed = from > 0 && answer.statusCode === 206 && rangeStart(answer) === from;
      // A range that is not had, or another one: the next time begins anew.
      const isRangesFault = from > 0 && [206, 416].includes(answer.statusCode);
      if (!resumed) expectStatus(url, answer, 200, () => isRangesFault && rmSync(file));
      const rest = resumed ? length - from : length;
      await writeParts(file, resumed, partsOf(url, answer, rest));
      const size = sizeOf(file);
      if (size < length)
        throw new DeviceError('disconnected', 'feed', `${url}: ended after ${size} of ${length} bytes`);
    },
    close: () => agent.destroy(),
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function rangeStart({ headers }: Dispatcher.ResponseData): number {
  return Number(/^bytes (\d+)-/.exec(String(headers['content-range']))?.[1] ?? Number.NaN);
}

/** @param before done before it throws */
function expectStatus(
  url: string,
  { statusCode, body }: Dispatcher.ResponseData,
  expected: number,
  before: () => unknown = () => undefined,
): void {
  if (statusCode === expected) return;
  body.destroy();
  before();
  throw new HttpStatus(url, statusCode);
}

async function writeParts(file: string, append: boolean, parts: AsyncIterable<Buffer>): Promise<void> {
  const stream = createWriteStream(file, { flags: append ? 'a' : 'w' });
  const failed = new Promise<never>((_, reject) => stream.on('error', reject));
  failed.catch(() => undefined);
  try {
    for await (const part of parts) {
      await Promise.race([failed, new Promise<void>(resolve => stream.write(part, () => resolve()))]);
    }
    await Promise.race([failed, new Promise<void>(resolve => stream.end(resolve))]);
  } catch (error) {
    stream.end();
    throw error instanceof DeviceError ? error : new DeviceError('storage', 'feed', messageOf(error), error);
  }
}

/** Breaks off a body of which too little comes: a server that sends a byte now and then would hold a sync for ever. */
function watchTrickle(body: Dispatcher.ResponseData['body'], timeoutMs: number) {
  let sinceLook = 0;
  let isHeld = false;
  let reason: DeviceError | undefined;
  const timer = setInterval(() => {
    if (!isHeld && sinceLook < trickleBytes) {
      reason = new DeviceError('timeout', 'feed', `only ${sinceLook} bytes came in ${timeoutMs} ms`);
      body.destroy(reason);
    }
    // While it is held nothing can come: also the time until the next look is not all the server's.
    sinceLook = isHeld ? trickleBytes : 0;
  }, timeoutMs);
  return {
    /** While what has come is dealt with, no more is asked for. */
    hold(held: boolean) {
      isHeld = held;
    },
    came(bytes: number) {
      sinceLook += bytes;
    },
    reason: () => reason,
    end: () => clearInterval(timer),
  };
}

/** @returns waits so long after each part that no more than so many bytes come in a second */
function createPace(bytesPerS: number | undefined): (bytes: number) => Promise<void> {
  let freeAt = 0;
  return async bytes => {
    if (bytesPerS === undefined) return;
    const now = performance.now();
    freeAt = Math.max(now, freeAt) + (1000 * bytes) / bytesPerS;
    await delay(freeAt - now);
  };
}

function translate(url: string, error: unknown): DeviceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = error instanceof Error ? error.name : '';
  const isLate = code.includes('TIMEOUT') || (error instanceof DeviceError && error.kind === 'timeout');
  const kind = isLate
    ? 'timeout'
    : name === 'HTTPParserError' || /^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RES_))/.test(code)
      ? 'protocol'
      : 'disconnected';
  return new DeviceError(kind, 'feed', `${url}: ${messageOf(error) || code}`, error);
}
