/** Damages a file in every small way and sees that whoever reads it says so, or reads something, and does no worse. */
import * as assert from 'uvu/assert';
import { FeedError } from '../../../sync/feed/feed-error.ts';

/** Of one file; what others have left may not have been collected yet. */
const memoryLimit = 64 << 20;

/** Every bit flipped, every truncation, every four bytes at their largest, and some bytes too many. */
export function assertSafe(raw: Buffer, decode: (raw: Buffer) => unknown): void {
  for (const [what, damaged] of damages(raw)) {
    const before = process.memoryUsage().arrayBuffers;
    try {
      decode(damaged);
    } catch (error) {
      assert.ok(error instanceof FeedError, `${what}: ${String(error)}`);
    }
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < memoryLimit, `${what}: ${grown} bytes of memory`);
  }
}

export function assertFeedError(run: () => unknown, message?: RegExp): void {
  assert.throws(run, (error: unknown) => {
    if (!(error instanceof FeedError)) return false;
    return message === undefined || message.test(error.message);
  });
}

/** Cut anywhere, and with something after its end, it is always refused. */
export function assertLengthMatters(raw: Buffer, decode: (raw: Buffer) => unknown): void {
  for (let length = 0; length < raw.length; length++) assertFeedError(() => decode(raw.subarray(0, length)));
  assertFeedError(() => decode(Buffer.concat([raw, Buffer.of(0)])));
}

function* damages(raw: Buffer): Generator<[string, Buffer]> {
  for (let bit = 0; bit < 8 * raw.length; bit++) {
    const damaged = Buffer.from(raw);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield [`bit ${bit}`, damaged];
  }
  for (let length = 0; length < raw.length; length++) yield [`cut to ${length}`, raw.subarray(0, length)];
  for (let at = 0; at + 4 <= raw.length; at++) {
    const damaged = Buffer.from(raw);
    damaged.writeUInt32LE(0xffff_ffff, at);
    yield [`largest at ${at}`, damaged];
  }
  yield ['longer', Buffer.concat([raw, Buffer.alloc(16, 0xff)])];
}
