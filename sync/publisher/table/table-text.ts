/** The text of a table, whoever saved it: UTF-8, and UTF-16 or GB18030 where that is certain. */
import { createReadStream } from 'node:fs';
import { messageOf, WrongUsage } from '../../../device/kit/errors.ts';
import { printable } from '../../../device/kit/printable.ts';
import { decoded, NotUtf8, notUtf8, refuseOtherFormats } from '../../../device/kit/text.ts';

/** A longer row is refused. */
export const maxRowBytes = 4096;

const marks: readonly (readonly [string, Buffer])[] = [
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
  ['gb18030', Buffer.from([0x84, 0x31, 0x95, 0x33])],
];
const utf32 = Buffer.from([0xff, 0xfe, 0, 0]);
const mark = '\ufeff';
const howToSave = 'in a spreadsheet, "CSV UTF-8" does it';

/**
 * The text in pieces, the first with the whole first row.
 *
 * @param isHeader whether a line names a table's columns: then the encoding in which it does so is certain
 * @param name for the problem, where the file is a copy of another
 * @throws WrongUsage for a file that cannot be read, or whose text is in no certain encoding
 */
export async function* readTableText(
  file: string,
  isHeader: (line: string) => boolean,
  name = file,
): AsyncGenerator<string> {
  let encoding: string | undefined;
  try {
    let decoder: TextDecoder | undefined;
    for await (const chunk of withWholeFirstRow(createReadStream(file))) {
      encoding ??= encodingOf(chunk, isHeader);
      decoder ??= new TextDecoder(encoding, { fatal: true });
      yield decoder.decode(chunk, { stream: true });
    }
    decoder?.decode();
  } catch (error) {
    throw await problemOf(error, file, encoding, name);
  }
}

/** @returns the encoding, by its name in the Encoding Standard. @throws NotUtf8 for what is no text */
export function encodingOf(beginning: Buffer, isHeader: (line: string) => boolean): string {
  const [marked] = marks.find(([, bytes]) => bytes.equals(beginning.subarray(0, bytes.length))) ?? [];
  if (marked !== undefined && !utf32.equals(beginning.subarray(0, 4))) return marked;
  refuseOtherFormats(beginning);
  const [line = beginning] = linesOf(beginning);
  if (decoded(line, 'utf-8') !== undefined) return 'utf-8';
  const asGb18030 = decoded(line, 'gb18030');
  return asGb18030 !== undefined && isHeader(asGb18030) ? 'gb18030' : 'utf-8';
}

/** Whether the file's bytes are its text in UTF-8, at least by how it begins. */
export function isUnmarkedUtf8(beginning: Buffer, isHeader: (line: string) => boolean): boolean {
  try {
    return encodingOf(beginning, isHeader) === 'utf-8';
  } catch {
    return true;
  }
}

export function withoutMark(text: string): string {
  return text.startsWith(mark) ? text.slice(mark.length) : text;
}

async function* withWholeFirstRow(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let beginning = Buffer.alloc(0);
  let isBegun = false;
  for await (const chunk of chunks) {
    if (isBegun) yield chunk;
    else {
      beginning = Buffer.concat([beginning, chunk]);
      isBegun = beginning.length >= 2 * maxRowBytes;
      if (isBegun) yield beginning;
    }
  }
  if (!isBegun && beginning.length > 0) yield beginning;
}

async function problemOf(
  error: unknown,
  file: string,
  encoding: string | undefined,
  name: string,
): Promise<WrongUsage> {
  const told = (what: string) => new WrongUsage(printable(`${name}: ${what}`));
  const isOfDecoder = error instanceof TypeError && 'code' in error;
  if (error instanceof NotUtf8) return told(`line ${error.place.line}: ${error.what}; ${howToSave}`);
  if (!isOfDecoder) return told(messageOf(error));
  if (encoding !== 'utf-8')
    return told(`is damaged ${encoding?.toUpperCase()}: save it as UTF-8; ${howToSave}`);
  const found = await findNotUtf8(file);
  return told(`line ${found.place.line}: ${found.what}; ${howToSave}`);
}

/** Reads the file again: while it is in order, nobody needs to count its lines. */
async function findNotUtf8(file: string): Promise<NotUtf8> {
  let lines = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    const end = Math.max(rest.lastIndexOf('\n'), rest.lastIndexOf('\r', -2));
    const whole = rest.subarray(0, end + 1);
    if (decoded(whole, 'utf-8') === undefined) return notUtf8(whole, lines);
    lines += linesOf(whole).length - 1;
    rest = rest.subarray(whole.length);
  }
  return notUtf8(rest, lines);
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    const isEnd = bytes[i] === 0x0a || (bytes[i] === 0x0d && bytes[i + 1] !== 0x0a);
    if (!isEnd) continue;
    lines.push(bytes.subarray(start, i));
    start = i + 1;
  }
  return [...lines, bytes.subarray(start)];
}
