/** The order of many 64-bit keys without an object for each: a radix sort on digits of 16 bits, lowest first. */

const digits = 4;
const digitValues = 1 << 16;

/**
 * @param keys fewer than 2^32; they stay as they are
 * @returns the keys' indices in ascending order of the keys; equal keys keep their order
 */
export function orderOf(keys: BigUint64Array): Uint32Array {
  // In the host's byte order: the lowest digit is first on a little-endian one.
  const digitsOf = new Uint16Array(keys.buffer, keys.byteOffset, keys.length * digits);
  let order = new Uint32Array(keys.length).map((_, index) => index);
  let next = new Uint32Array(keys.length);
  for (let digit = 0; digit < digits; digit++) {
    const places = placesOf(digitsOf, digit);
    if (places === undefined) continue;
    for (const index of order) {
      const value = digitsOf[digits * index + digit] ?? 0;
      const place = places[value] ?? 0;
      places[value] = place + 1;
      next[place] = index;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** Where the indices of each value of a digit begin; undefined when all keys have the same value there. */
function placesOf(digitsOf: Uint16Array, digit: number): Uint32Array | undefined {
  const counts = new Uint32Array(digitValues);
  for (let at = digit; at < digitsOf.length; at += digits) {
    const value = digitsOf[at] ?? 0;
    counts[value] = (counts[value] ?? 0) + 1;
  }
  if (counts.includes(digitsOf.length / digits)) return undefined;
  let sum = 0;
  return counts.map(count => {
    sum += count;
    return sum - count;
  });
}
