/** A window of some megabytes that moves over a text file from line to line. */
import { type FileHandle, open } from 'node:fs/promises';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { maxRowBytes } from './table-text.ts';

const windowBytes = 4 << 20;
const newline = 0x0a;
const carriageReturn = 0x0d;
const quote = '"';
/** As latin1 shows its UTF-8. */
const byteOrderMark = Buffer.from('\ufeff').toString('latin1');

/** The bytes `start` up to `end` of `buffer` have been read; `start` is where a line begins, and is moved by the user. */
export interface LineWindow {
  readonly file: string;
  readonly handle: FileHandle;
  readonly buffer: Buffer;
  start: number;
  end: number;
  /** The file has nothing beyond `end`; its last line then ends in a newline, even if the file's does not. */
  ended: boolean;
  /** There was a quoted field or an over-long line: a line may not be a row. */
  odd: boolean;
}

export interface Line {
  /** Without \n or \r\n; the bytes as one character each (latin1), so that no two different lines look alike. */
  readonly text: string;
  /** Where the next line begins. */
  readonly next: number;
}

/**
 * Opens a file. Whoever opened it closes `handle`.
 *
 * @throws WrongUsage when it cannot be read
 */
export async function openLineWindow(file: string): Promise<LineWindow> {
  try {
    const handle = await open(file);
    const buffer = Buffer.alloc(windowBytes + 1);
    return { file, handle, buffer, start: 0, end: 0, ended: false, odd: false };
  } catch (error) {
    throw new WrongUsage(`${file}: ${messageOf(error)}`);
  }
}

/** Whether the window must be filled before its first line is whole for certain. */
export function isShort({ start, end, ended }: LineWindow): boolean {
  return !ended && end - start < maxRowBytes + 2;
}

export function isAtEnd({ start, end, ended }: LineWindow): boolean {
  return ended && start === end;
}

/**
 * Reads on, keeping what is between `start` and `end`.
 *
 * @throws WrongUsage when the file cannot be read
 */
export async function fill(window: LineWindow): Promise<void> {
  const { buffer, start, end } = window;
  buffer.copyWithin(0, start, end);
  window.start = 0;
  window.end = end - start;
  const kept = window.end;
  while (!window.ended && window.end < windowBytes) await readSome(window);
  if (window.ended && window.end > 0 && buffer[window.end - 1] !== newline) buffer[window.end++] = newline;
  if (buffer.subarray(kept, window.end).includes(quote)) window.odd = true;
}

async function readSome(window: LineWindow): Promise<void> {
  const { file, handle, buffer, end } = window;
  try {
    const { bytesRead } = await handle.read(buffer, end, windowBytes - end);
    window.end += bytesRead;
    window.ended = bytesRead === 0;
  } catch (error) {
    throw new WrongUsage(`${file}: ${messageOf(error)}`);
  }
}

/** @returns undefined where there is no line, or an over-long one */
export function firstLine(window: LineWindow): Line | undefined {
  const { buffer, start, end } = window;
  if (start >= end) return undefined;
  const at = buffer.indexOf(newline, start);
  if (at === -1 || at >= end || at - start > maxRowBytes) {
    window.odd = true;
    return undefined;
  }
  const textEnd = at > start && buffer[at - 1] === carriageReturn ? at - 1 : at;
  return { text: buffer.toString('latin1', start, textEnd), next: at + 1 };
}

/** Steps over the file's first line and gives its text without a byte order mark; undefined when there is none. */
export function takeHeader(window: LineWindow): string | undefined {
  const line = firstLine(window);
  if (line === undefined) return undefined;
  window.start = line.next;
  return line.text.startsWith(byteOrderMark) ? line.text.slice(byteOrderMark.length) : line.text;
}

/** Moves both windows past all lines that are the same in both, byte for byte. */
export function skipAlike(a: LineWindow, b: LineWindow): void {
  const length = alikeLength(a, b);
  if (length === 0) return;
  const lines = a.buffer.subarray(a.start, a.start + length).lastIndexOf(newline) + 1;
  a.start += lines;
  b.start += lines;
}

const mostAtOnce = 1 << 20;
const leastAtOnce = 64;

function alikeLength(a: LineWindow, b: LineWindow): number {
  const limit = Math.min(a.end - a.start, b.end - b.start);
  let length = 0;
  let atOnce = leastAtOnce * 4;
  while (length < limit) {
    const size = Math.min(atOnce, limit - length);
    const [atA, atB] = [a.start + length, b.start + length];
    if (a.buffer.compare(b.buffer, atB, atB + size, atA, atA + size) === 0) {
      length += size;
      atOnce = Math.min(atOnce * 4, mostAtOnce);
    } else if (size > leastAtOnce) atOnce = size >>> 2;
    else break;
  }
  while (length < limit && a.buffer[a.start + length] === b.buffer[b.start + length]) length++;
  return length;
}
