/**
 * The body of a `rows` message: 1 byte version (1), 8 bytes name of the back office's key, 2 bytes number of rows; of each row 4 bytes
 * seq, 2 bytes length and the sealed row. Numbers are unsigned, big-endian; rows are in the order of seq.
 */
import { maxSealedBytes } from './sealed-row.ts';
import { maxMessageBytes, signatureBytes } from './signed-message.ts';

export interface SealedRow {
  readonly seq: number;
  readonly sealed: Uint8Array;
}

export interface Batch {
  /** 16 hex digits */
  readonly keyId: string;
  readonly rows: readonly SealedRow[];
}

/** Few enough that a bad network takes some at a time. */
export const maxBatchRows = 100;

const version = 1;
const headBytes = 11;
const rowHeadBytes = 6;
const maxBodyBytes = maxMessageBytes - signatureBytes;

/** @returns as many of the rows as one message holds */
export function fitting(rows: readonly SealedRow[]): readonly SealedRow[] {
  let bytes = headBytes;
  return rows.slice(0, maxBatchRows).filter(({ sealed }) => {
    bytes += rowHeadBytes + sealed.length;
    return bytes <= maxBodyBytes;
  });
}

export function encodeBatch({ keyId, rows }: Batch): Buffer {
  const head = Buffer.alloc(headBytes);
  head[0] = version;
  head.write(keyId, 1, 'hex');
  head.writeUInt16BE(rows.length, headBytes - 2);
  const parts = rows.flatMap(({ seq, sealed }) => {
    const rowHead = Buffer.alloc(rowHeadBytes);
    rowHead.writeUInt32BE(seq);
    rowHead.writeUInt16BE(sealed.length, 4);
    return [rowHead, sealed];
  });
  return Buffer.concat([head, ...parts]);
}

/** @returns undefined for what is no batch */
export function decodeBatch(body: Buffer): Batch | undefined {
  if (body.length < headBytes || body.length > maxBodyBytes || body[0] !== version) return undefined;
  const count = body.readUInt16BE(headBytes - 2);
  if (count < 1 || count > maxBatchRows) return undefined;
  const rows: SealedRow[] = [];
  let at = headBytes;
  for (let last = 0; rows.length < count; ) {
    if (at + rowHeadBytes > body.length) return undefined;
    const [seq, length] = [body.readUInt32BE(at), body.readUInt16BE(at + 4)];
    const end = at + rowHeadBytes + length;
    if (seq <= last || length > maxSealedBytes || end > body.length) return undefined;
    rows.push({ seq, sealed: body.subarray(at + rowHeadBytes, end) });
    [last, at] = [seq, end];
  }
  return at === body.length ? { keyId: body.toString('hex', 1, 9), rows } : undefined;
}
