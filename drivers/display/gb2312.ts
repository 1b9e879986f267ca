/** Text for displays with a GB2312 font: bytes (GB/T 2312 as EUC-CN) and columns. */
import iconv from 'iconv-lite';

const unknown = Buffer.from('?', 'ascii');

/** @returns `?` for a character that is not in GB2312, though GBK may have it */
export function encodeGb2312(char: string): Uint8Array {
  const bytes = iconv.encode(char, 'gb2312'); // which knows all of GBK by this name
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 1 && first < 0x80) return bytes;
  return bytes.length === 2 && first >= 0xa1 && second >= 0xa1 ? bytes : unknown;
}

/** In columns: such a font has one for ASCII and two for all else, as the encoding has bytes. */
export function widthOf(text: string): number {
  return [...text].reduce((width, char) => width + encodeGb2312(char).length, 0);
}
