/** BER-TLV look-up in an FCI template (ISO/IEC 7816-4, lengths up to 65,535). */

interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
  /** Offset of what follows. */
  readonly end: number;
}

/** @returns the value under nested tags, outermost first; undefined where it is absent or the coding is broken */
export function findTlv(bytes: Uint8Array, path: readonly number[]): Uint8Array | undefined {
  const [wanted, ...inner] = path;
  if (wanted === undefined) return bytes;
  let offset = 0;
  while (offset < bytes.length) {
    const tlv = parseTlv(bytes, offset);
    if (tlv === undefined) return undefined;
    if (tlv.tag === wanted) return findTlv(tlv.value, inner);
    offset = tlv.end;
  }
  return undefined;
}

function parseTlv(bytes: Uint8Array, start: number): Tlv | undefined {
  let offset = start;
  let tag = bytes[offset++] ?? 0;
  if ((tag & 0x1f) === 0x1f) tag = tag * 256 + (bytes[offset++] ?? 0);
  const first = bytes[offset++] ?? 0x80;
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthBytes > 2) return undefined;
  let length = lengthBytes === 0 ? first : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + (bytes[offset++] ?? 0);
  const end = offset + length;
  return end > bytes.length ? undefined : { tag, value: bytes.subarray(offset, end), end };
}
