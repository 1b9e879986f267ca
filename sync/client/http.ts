/**
 * Fetches what a feed serves, over undici: nothing longer than announced, nothing slower than a trickle, no redirects. A
 * download into a file resumes where it broke off.
 */
import { createWriteStream, rmSync, statSync, type WriteStream } from 'node:fs';
import { Agent, type Dispatcher, request } from 'undici';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { type ConnectorOptions, createConnector } from './connector.ts';
import { createRateLimit, type Pacing, watchForStall } from './transfer-rate.ts';

export interface HttpOptions {
  /** Headers must arrive within this time, and so must each KiB of a body. */
  readonly timeoutMs: number;
  /** Undefined for as fast as it goes; at least 4,096. */
  readonly bytesPerS?: number | undefined;
}

export interface Http {
  /** Bytes of bodies received so far. */
  readonly received: number;
  /** For how long a cache says that it has held what `get` has brought last; 0 where none says so. */
  readonly heldMs: number;
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
    // A server error passes, as an outage does.
    const kind = status >= 500 ? 'disconnected' : 'protocol';
    super(kind, 'feed', `${url}: status ${status}${redirect}`);
    this.status = status;
  }
}

/** What it stands on; the real things unless given. */
export interface HttpParts extends Pick<ConnectorOptions, 'times' | 'lookup'> {
  /** The time that `bytesPerS` is kept in. */
  readonly pacing?: Pacing;
}

export function createHttp(
  { timeoutMs, bytesPerS }: HttpOptions,
  { pacing, ...parts }: HttpParts = {},
): Http {
  const agent = new Agent({
    connect: createConnector({ device: 'feed', timeoutMs, ...parts }),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 16_384,
    connections: 1,
  });
  const pace = createRateLimit(bytesPerS, pacing);
  let received = 0;
  let heldMs = 0;

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

  /** @returns why it does not come: asked without a range, the server may still give the whole */
  async function askForRest(url: string, from: number): Promise<Dispatcher.ResponseData | DeviceError> {
    try {
      const answer = await ask(url, { range: `bytes=${from}-` });
      const { statusCode, body } = answer;
      if (statusCode === 200 || (statusCode === 206 && rangeStart(answer) === from)) return answer;
      body.destroy();
      return new HttpStatus(url, statusCode);
    } catch (error) {
      return translate(url, error);
    }
  }

  /** Each part of a body in turn, no more than `maxBytes` of them. */
  async function* partsOf(url: string, { body, headers }: Dispatcher.ResponseData, maxBytes: number) {
    const tooLong = () =>
      new DeviceError('protocol', 'feed', `${url}: longer than the ${maxBytes} bytes announced`);
    const stall = watchForStall(body, timeoutMs);
    let length = 0;
    try {
      if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLong();
      const encoding = headers['content-encoding'] ?? 'identity';
      if (encoding !== 'identity')
        throw new DeviceError('protocol', 'feed', `${url}: content-encoding ${encoding}`);
      for await (const part of body as AsyncIterable<Buffer>) {
        length += part.length;
        received += part.length;
        stall.came(part.length);
        if (length > maxBytes) throw tooLong();
        stall.hold(true);
        yield part;
        await pace(part.length);
        stall.hold(false);
      }
    } catch (error) {
      const late = stall.reason();
      throw error instanceof DeviceError && error !== late ? error : translate(url, late ?? error);
    } finally {
      stall.end();
      body.destroy();
    }
  }

  return {
    get received() {
      return received;
    },
    get heldMs() {
      return heldMs;
    },
    async get(url, maxBytes, etag) {
      const answer = await ask(url, etag === undefined ? {} : { 'if-none-match': etag });
      heldMs = ageOf(answer);
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
      const rested = from > 0 ? await askForRest(url, from) : undefined;
      const answer = rested === undefined || rested instanceof DeviceError ? await ask(url, {}) : rested;
      const resumed = answer.statusCode === 206;
      if (!resumed || from === 0) expectStatus(url, answer, 200);
      const rest = resumed ? length - from : length;
      await writeParts(file, resumed, partsOf(url, answer, rest));
      const size = sizeOf(file);
      // A file that the server itself has no more of is not worth another try.
      if (size < length && rested instanceof HttpStatus) throw rested;
      if (size < length)
        throw new DeviceError('disconnected', 'feed', `${url}: ended after ${size} of ${length} bytes`);
    },
    close: () => agent.destroy(),
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** RFC 9111, 5.1. Whoever sends nonsense says nothing. */
function ageOf({ headers }: Dispatcher.ResponseData): number {
  return Number(/^\d{1,9}$/.exec(String(headers.age))?.[0] ?? 0) * 1000;
}

function rangeStart({ headers }: Dispatcher.ResponseData): number {
  return Number(/^bytes (\d+)-/.exec(String(headers['content-range']))?.[1] ?? Number.NaN);
}

function expectStatus(url: string, { statusCode, body }: Dispatcher.ResponseData, expected: number): void {
  if (statusCode === expected) return;
  body.destroy();
  throw new HttpStatus(url, statusCode);
}

async function writeParts(file: string, append: boolean, parts: AsyncIterable<Buffer>): Promise<void> {
  const stream = createWriteStream(file, { flags: append ? 'a' : 'w' });
  const failed = new Promise<never>((_, reject) => stream.on('error', reject));
  failed.catch(() => undefined);
  try {
    for await (const part of parts) {
      await Promise.race([failed, written(stream, part)]);
    }
    await Promise.race([failed, new Promise<void>(resolve => stream.end(resolve))]);
  } catch (error) {
    stream.end();
    throw error instanceof DeviceError
      ? error
      : new DeviceError('storage', 'feed', `${file}: ${messageOf(error)}`, error);
  }
}

function written(stream: WriteStream, part: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(part, error => (error ? reject(error) : resolve()));
  });
}

function translate(url: string, error: unknown): DeviceError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = error instanceof Error ? error.name : '';
  const kind =
    error instanceof DeviceError
      ? error.kind
      : code.includes('TIMEOUT')
        ? 'timeout'
        : name === 'HTTPParserError' || /^(HPE_|UND_ERR_(HEADERS_OVERFLOW|RES_))/.test(code)
          ? 'protocol'
          : 'disconnected';
  return new DeviceError(kind, 'feed', `${url}: ${messageOf(error) || code}`, error);
}
