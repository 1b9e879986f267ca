/** The order of many 64-bit keys without an object for each: a radix sort on digits of 16 bits, lowest first; of few, of 8 bits. */
import { halvesOf } from '../../feed/links.ts';

const halfBits = 32;
/** With fewer keys, counting 65,536 values costs more than sorting them. */
const many = 4096;

/** What is being sorted: indices, each with the half of its key that is looked at; and room for the next pass. */
interface Pass {
  order: Uint32Array;
  halves: Uint32Array;
  nextOrder: Uint32Array;
  nextHalves: Uint32Array;
}

/**
 * Needs 16 bytes for each key on top of the keys.
 *
 * @param keys fewer than 2^32; they stay as they are
 * @returns the keys' indices in ascending order of the keys; equal keys keep their order
 */
export function orderOf(keys: BigUint64Array): Uint32Array {
  const words = halvesOf(keys);
  const digitBits = keys.length < many ? 8 : 16;
  const array = () => new Uint32Array(keys.length);
  const pass: Pass = { order: array(), halves: array(), nextOrder: array(), nextHalves: array() };
  for (let index = 0; index < keys.length; index++) pass.order[index] = index;
  for (const half of [0, 1]) {
    load(pass, words, half);
    for (let shift = 0; shift < halfBits; shift += digitBits) {
      scatter(pass, { shift, mask: (1 << digitBits) - 1 });
      [pass.order, pass.nextOrder] = [pass.nextOrder, pass.order];
      [pass.halves, pass.nextHalves] = [pass.nextHalves, pass.halves];
    }
  }
  return pass.order;
}

export interface DistinctKeys {
  /** Ascending, each once. */
  readonly keys: BigUint64Array;
  /** For each of the given keys, where it is among the distinct ones. */
  readonly indices: Uint32Array;
}

export function distinctKeys(all: BigUint64Array): DistinctKeys {
  const order = orderOf(all);
  const keys = new BigUint64Array(all.length);
  const [from, to] = [halvesOf(all), halvesOf(keys)];
  const indices = new Uint32Array(all.length);
  let last = -1;
  for (let i = 0; i < order.length; i++) {
    const at = order[i] ?? 0;
    const [low, high] = [from[2 * at] ?? 0, from[2 * at + 1] ?? 0];
    if (last < 0 || to[2 * last] !== low || to[2 * last + 1] !== high) {
      last++;
      to[2 * last] = low;
      to[2 * last + 1] = high;
    }
    indices[at] = last;
  }
  return { keys: keys.slice(0, last + 1), indices };
}

function load({ order, halves }: Pass, words: Uint32Array, half: number): void {
  for (let at = 0; at < order.length; at++) halves[at] = words[2 * (order[at] ?? 0) + half] ?? 0;
}

interface Digit {
  readonly shift: number;
  readonly mask: number;
}

/** Where the keys with each value of a digit begin. */
function placesOf(halves: Uint32Array, { shift, mask }: Digit): Uint32Array {
  const counts = new Uint32Array(mask + 1);
  for (let at = 0; at < halves.length; at++) {
    const value = ((halves[at] ?? 0) >>> shift) & mask;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  let sum = 0;
  return counts.map(count => {
    sum += count;
    return sum - count;
  });
}

function scatter({ order, halves, nextOrder, nextHalves }: Pass, digit: Digit): void {
  const { shift, mask } = digit;
  const places = placesOf(halves, digit);
  for (let at = 0; at < order.length; at++) {
    const half = halves[at] ?? 0;
    const value = (half >>> shift) & mask;
    const place = places[value] ?? 0;
    places[value] = place + 1;
    nextOrder[place] = order[at] ?? 0;
    nextHalves[place] = half;
  }
}
