/**
 * Bytes → frames: the byte 03, a length in two bytes (big-endian), so many bytes of content.
 *
 * A length alone is no safe guide: where bytes were lost, a frame takes the beginning of the next one for its own end, and noise
 * that looks like a beginning takes all that follows. But a frame in which a ride code begins is certain by its marks. So wherever
 * one stands, what was before it has been cut short.
 */
import { announcedLength } from '../../device/core/jtt-1179/layout.ts';
import { isCutShort } from './line-code.ts';
import { pictured } from './module-talk.ts';

export interface Framed {
  /** Contents in their order, also of frames that were cut short. */
  readonly frames: readonly Buffer[];
  /** What stood in no frame. */
  readonly passedOver: Buffer;
  /** To be given again with what comes next behind it. */
  readonly rest: Buffer;
  /** So many bytes of `rest` were the end of the last frame. */
  readonly told: number;
  /** The contents, as far as they have come, of what has not ended: a frame cut short, and the one that has cut it. */
  readonly begun: readonly Buffer[];
}

const mark = 0x03;
const headerBytes = 3;
/** A ride code has 364. */
const maxContentBytes = 4096;
/** More than a module prints before a code. */
const prefixBytes = 16;
/** Bytes written as UTF-8: half of them become two. */
const mostGrowth = 1.6;
/** What stands before a code is text; as UTF-8 the code's first byte is two. */
const prefix = /^␂?[\x20-\x7e]*[\xc2\xc3]?$/;
/** A ride code's head goes from version to certificate; in hex it is longer. */
const headBytes = 4;
const textHeadBytes = prefixBytes + 2 * headBytes;
/** So many bytes of a frame may the one before have taken, if they do not tell yet what it is. */
const lookBackBytes = headerBytes + 2 * headBytes;

/** @param told so many bytes at the beginning were the end of a frame that has been told */
export function splitFrames(bytes: Buffer, told = 0): Framed {
  const frames: Buffer[] = [];
  const passed: Buffer[] = [];
  let at = told;
  while (at < bytes.length) {
    const from = frameFrom(bytes, at);
    // It may still show that this is the rest of a frame whose beginning the one before has taken.
    if (from === bytes.length && at > 0 && from - at < lookBackBytes) break;
    passed.push(bytes.subarray(at, from));
    const { whole, begun, end } = frameAt(bytes, from);
    frames.push(...whole);
    if (begun.length > 0) return ended(end, 0, begun);
    at = end;
  }
  return ended(Math.max(0, at - lookBackBytes), Math.min(at, lookBackBytes), []);

  function ended(restFrom: number, told: number, begun: readonly Buffer[]): Framed {
    return { frames, passedOver: Buffer.concat(passed), rest: bytes.subarray(restFrom), told, begun };
  }
}

/** @returns what is whole up to `end`, or what has begun there */
function frameAt(bytes: Buffer, from: number) {
  const whole: Buffer[] = [];
  let cut: number | undefined;
  let at = from;
  for (let next = rideFrameWithin(bytes, at); next !== undefined; next = rideFrameWithin(bytes, at)) {
    if (cut !== undefined) whole.push(contentOf(bytes, cut, at));
    cut = at;
    at = next;
  }
  const end = frameEnd(bytes, at) ?? Number.POSITIVE_INFINITY;
  const last = [...(cut === undefined ? [] : [contentOf(bytes, cut, at)]), contentOf(bytes, at, end)];
  if (end <= bytes.length) return { whole: [...whole, ...last], begun: [], end };
  return { whole, begun: last, end: cut ?? at };
}

function rideFrameWithin(bytes: Buffer, at: number): number | undefined {
  return rideFrameIn(bytes, at + 1, frameEnd(bytes, at) ?? at);
}

/** @param end of the frame before */
function frameFrom(bytes: Buffer, end: number): number {
  const next = headerFrom(bytes, end);
  return next === end ? next : (rideFrameIn(bytes, Math.max(0, end - lookBackBytes), end) ?? next);
}

function contentOf(bytes: Buffer, from: number, end: number): Buffer {
  return bytes.subarray(from + headerBytes, end);
}

/** @returns where a frame begins at `from` or later, or may begin if there is more to come */
function headerFrom(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(mark, from); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    if (bytes.length - at < headerBytes || frameEnd(bytes, at) !== undefined) return at;
  }
  return bytes.length;
}

/** @returns undefined if no frame begins there, or its header is not all there */
function frameEnd(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < headerBytes || bytes[at] !== mark) return undefined;
  const length = bytes.readUInt16BE(at + 1);
  return length === 0 || length > maxContentBytes ? undefined : at + headerBytes + length;
}

/** @returns where a frame with a ride code in it begins, from `from` to before `to` */
function rideFrameIn(bytes: Buffer, from: number, to: number): number | undefined {
  for (let at = bytes.indexOf(mark, from); at >= 0 && at < to; at = bytes.indexOf(mark, at + 1)) {
    const end = frameEnd(bytes, at);
    if (end !== undefined && isRideFrame(contentOf(bytes, at, end), end - at - headerBytes)) return at;
  }
  return undefined;
}

/** As far as it has come, of so many bytes: they must fit what the code says of itself. */
function isRideFrame(content: Buffer, contentBytes: number): boolean {
  const announced = announcedIn(content);
  if (announced === undefined) return isTextOfRideCode(content);
  return contentBytes >= announced && contentBytes <= announced * mostGrowth + prefixBytes;
}

/** Whether a ride code begins in it: as its bytes, in hex or in base64. */
export function beginsAsRideCode(content: Buffer): boolean {
  return announcedIn(content) !== undefined || isTextOfRideCode(content);
}

/** @returns how many bytes a code and what stands before it are, by the code's own word */
function announcedIn(content: Buffer): number | undefined {
  for (let at = 0; at <= prefixBytes; at++) {
    const length = announcedLength(content, at);
    if (length !== undefined)
      return prefix.test(pictured(content.toString('latin1', 0, at))) ? at + length : undefined;
  }
  return undefined;
}

function isTextOfRideCode(content: Buffer): boolean {
  const beginning = content.toString('latin1', 0, textHeadBytes);
  return /^[\x20-\x7e]+$/.test(beginning) && isCutShort(beginning);
}
