/** Seeded randomness (mulberry32, by Tommy Ettinger, public domain) for pictures that come out the same each run. */

export interface Random {
  /** 0 up to, but not including, 1 */
  next(): number;
  between(low: number, high: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** Normally distributed, mean 0 and standard deviation 1 */
  normal(): number;
  bytes(count: number): Uint8Array;
}

/** @param seed a 32-bit whole number; the bits above are dropped */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    pick: choices => choices[Math.floor(next() * choices.length)] ?? choices[0],
    // Box and Muller; 1 - next() is never 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    bytes: count => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
  };
}
