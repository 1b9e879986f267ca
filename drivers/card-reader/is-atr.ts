/** Whether a card's first words are an answer to reset. */

/** ISO 7816-3: an initial character for the direct or the inverse convention, and at most 32 more. */
export function isAtr(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes.length <= 33 && (bytes[0] === 0x3b || bytes[0] === 0x3f);
}
