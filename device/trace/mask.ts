/**
 * Takes accounts out of what is traced. Only what is known to say nothing of its holder stays: by the layout of files and answers, never
 * by what the bytes look like. All else is zeros, of the same length.
 */
import { bcdDate } from '../core/transit-card/fields.ts';

type Range = readonly [from: number, to: number];

const zeros = (length: number) => new Uint8Array(length);

function keeping(bytes: Uint8Array, ranges: readonly Range[]): Uint8Array {
  const kept = zeros(bytes.length);
  for (const [from, to] of ranges) kept.set(bytes.subarray(from, to), from);
  return kept;
}

interface Layout {
  readonly shows: readonly Range[];
  /** Whether this is that file: a foreign card may have anything under its number. */
  fits(file: Uint8Array): boolean;
}

const isDate = (bytes: Uint8Array) => bytes.length === 4 && bcdDate(bytes) !== undefined;

/** T-Union's file 15: issuer, flag, validity; not the number in 10–19. */
const tUnionHolder: Layout = {
  shows: [
    [0, 10],
    [20, 28],
  ],
  fits: file =>
    file.length >= 28 &&
    [0, 1, 2].includes(file[9] ?? -1) &&
    isDate(file.subarray(20, 24)) &&
    isDate(file.subarray(24, 28)),
};

/** By short file identifier, read from the beginning. */
const layouts: Readonly<Record<number, Layout>> = {
  21: tUnionHolder,
  // T-Union's file 17: city, kind of card.
  23: {
    shows: [
      [6, 8],
      [10, 11],
    ],
    fits: file => file.length >= 11,
  },
  // The old Beijing card's file 4: city, flag, validity; not the rest of the number in 0–7.
  4: {
    shows: [
      [0, 2],
      [9, 10],
      [24, 32],
    ],
    fits: file =>
      file[0] === 0x10 && file[1] === 0x00 && isDate(file.subarray(24, 28)) && isDate(file.subarray(28, 32)),
  },
  // Its file 5: the mark, the overdraft.
  5: {
    shows: [
      [0, 1],
      [5, 9],
    ],
    fits: file => file.length >= 9 && file.length <= 16,
  },
};

function maskFile(layout: Layout | undefined, file: Uint8Array): Uint8Array {
  return layout?.fits(file) ? keeping(file, layout.shows) : zeros(file.length);
}

const select = 0xa4;
const readBinary = 0xb0;
const getBalance = 0x5c;
const beginPurchase = 0x50;
const beginPurchaseAnswer = 15;

/** The header stays. Of data only the names of applications and files, and what is asked of a purse: key, amount, terminal. */
export function maskCommand(command: Uint8Array): Uint8Array {
  const [cla, ins, p1, , length = 0] = command;
  if (command.length <= 5) return command;
  const isName = ins === select && cla === 0x00 && (p1 === 0x04 ? length <= 16 : length === 2);
  const isPurchase = cla === 0x80 && ins === beginPurchase && length === 11;
  if (length > 0 && (isName || isPurchase)) return command;
  return keeping(command, [[0, 5], ...(length > 0 ? ([[5 + length, command.length]] as const) : [])]);
}

/** @param command whose answer it is, whole */
export function maskResponse(command: Uint8Array, response: Uint8Array): Uint8Array {
  const end = Math.max(0, response.length - 2);
  return Buffer.concat([maskAnswer(command, response.subarray(0, end)), response.subarray(end)]);
}

function maskAnswer([cla, ins, p1 = 0, p2]: Uint8Array, data: Uint8Array): Uint8Array {
  if (cla === 0x00 && ins === select) return maskFci(data);
  if (cla === 0x00 && ins === readBinary && (p1 & 0xe0) === 0x80 && p2 === 0) {
    return maskFile(layouts[p1 & 0x1f], data);
  }
  if (cla === 0x80 && ins === getBalance && data.length === 4) return data;
  if (cla === 0x80 && ins === beginPurchase && data.length === beginPurchaseAnswer) return data;
  return zeros(data.length);
}

const shownTags = [0x84, 0x50, 0x87, 0x9f08];
const holderTag = 0x9f0c;
const deepest = 4;

/** BER-TLV: the structure stays, and the application's name and version. */
export function maskFci(data: Uint8Array, depth = 0): Uint8Array {
  const masked = zeros(data.length);
  let at = 0;
  while (at < data.length) {
    const found = tlvAt(data, at);
    if (found === undefined || depth > deepest) break;
    const { tag, isConstructed, from, to } = found;
    const value = data.subarray(from, to);
    masked.set(data.subarray(at, from), at);
    if (isConstructed) masked.set(maskFci(value, depth + 1), from);
    else if (shownTags.includes(tag) && value.length <= 16) masked.set(value, from);
    else if (tag === holderTag) masked.set(maskFile(tUnionHolder, value), from);
    at = to;
  }
  return masked;
}

function tlvAt(data: Uint8Array, at: number) {
  const first = data[at] ?? 0;
  const isLongTag = (first & 0x1f) === 0x1f;
  const tag = isLongTag ? (first << 8) | (data[at + 1] ?? 0) : first;
  const lengthAt = at + (isLongTag ? 2 : 1);
  const isLongLength = data[lengthAt] === 0x81;
  const length = data[lengthAt + (isLongLength ? 1 : 0)];
  const from = lengthAt + (isLongLength ? 2 : 1);
  if (length === undefined || (!isLongLength && length > 0x7f) || from + length > data.length)
    return undefined;
  return { tag, isConstructed: (first & 0x20) !== 0, from, to: from + length };
}

const [carriageReturn, lineFeed, mark] = [0x0d, 0x0a, 0x78];

/** What a scanner prints may be a ride code, in whatever writing and cut anywhere: where lines end stays. */
export function maskScan(bytes: Uint8Array): Uint8Array {
  return bytes.map(byte => (byte === carriageReturn || byte === lineFeed ? byte : mark));
}
