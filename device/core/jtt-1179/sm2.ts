/** What the core asks of SM2 (GB/T 32918.2 with SM3 and the default user id); the firmware supplies it. */

/** Checks one signature: `signature` is r ‖ s, 64 bytes. False for anything that does not verify; never throws. */
export type Sm2Verify = (message: Uint8Array, signature: Uint8Array) => boolean;

export interface Sm2 {
  /**
   * @param publicKey 33 bytes, a compressed point, or 64 bytes, x ‖ y
   * @returns undefined if that is no point of the curve
   */
  verifier(publicKey: Uint8Array): Sm2Verify | undefined;
}
