/** A window of some megabytes that moves over a text file from line to line. */
import { type FileHandle, open } from 'node:fs/promises';
import { messageOf } from '../../../device/errors.ts';
import { maxRowBytes } from '../../links/people.ts';
import { WrongUsage } from '../../wrong-usage.ts';

const windowBytes = 4 << 20;
const newline = 0x0a;
const carriageReturn = 0x0d;
const quote = '"';
const byteOrderMark = Buffer.from('\ufeff');

/** How many lines can be looked at from the window's first on. */
export const linesAhead = 64;
/** So many of the longest lines, and the one after them. */
const bytesAhead = (linesAhead + 1) * (maxRowBytes + 2);

/** The bytes `start` up to `end` of `buffer` are at hand; `start` is where a line begins, and is moved by the user. */
export interface LineWindow {
  readonly file: string;
  readonly handle: FileHandle;
  readonly buffer: Buffer;
  start: number;
  end: number;
  /** The file has nothing beyond `end`; its last line then ends in a newline, even if the file's does not. */
  ended: boolean;
  /** A quoted field or an over-long line was come upon: a line may not be a row. */
  odd: boolean;
}

/**
 * Opens a file; the window is past a byte order mark. Whoever opened it closes `handle`.
 *
 * @throws WrongUsage when it cannot be read
 */
export async function openLineWindow(file: string): Promise<LineWindow> {
  try {
    const handle = await open(file);
    return {
      file,
      handle,
      buffer: Buffer.alloc(windowBytes + 1),
      start: 0,
      end: 0,
      ended: false,
      odd: false,
    };
  } catch (error) {
    throw new WrongUsage(`${file}: ${messageOf(error)}`);
  }
}

/** Is the window to be filled before lines are looked at? */
export function isShort({ start, end, ended }: LineWindow): boolean {
  return !ended && end - start < bytesAhead;
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

/**
 * @param start where the line begins
 * @returns where the next one begins; undefined where there is no line, or an over-long one
 */
export function nextLine(window: LineWindow, start: number): number | undefined {
  if (start >= window.end && window.ended) return undefined;
  const at = window.buffer.indexOf(newline, start);
  if (at !== -1 && at < window.end && at - start <= maxRowBytes) return at + 1;
  window.odd = true;
  return undefined;
}

/** Where a line's text ends, without \n or \r\n. */
export function textEnd({ buffer }: LineWindow, start: number, next: number): number {
  return next - start > 1 && buffer[next - 2] === carriageReturn ? next - 2 : next - 1;
}

/** A line's bytes as one character each, so that no two different lines look alike. */
export function textOf(window: LineWindow, start: number, next: number): string {
  return window.buffer.toString('latin1', start, textEnd(window, start, next));
}

/** Steps over the file's first line and gives its text without a byte order mark; undefined when there is none. */
export function takeHeader(window: LineWindow): string | undefined {
  const next = nextLine(window, window.start);
  if (next === undefined) return undefined;
  const marked = window.buffer.subarray(0, byteOrderMark.length).equals(byteOrderMark);
  const text = textOf(window, marked ? byteOrderMark.length : 0, next);
  window.start = next;
  return text;
}
