/** The range that both halves of an SM2 signature must be in. */

/** The order n of the SM2 curve's base point (GB/T 32918.5). */
const order = Buffer.from('fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123', 'hex');
const zero = Buffer.alloc(32);

/** @returns whether r and s are both in 1..n-1; `signature` is r ‖ s, 64 bytes */
export function isInOrder(signature: Uint8Array): boolean {
  return [signature.subarray(0, 32), signature.subarray(32)].every(
    half => Buffer.compare(half, zero) > 0 && Buffer.compare(half, order) < 0,
  );
}
