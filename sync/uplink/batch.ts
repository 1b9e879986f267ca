/**
 * The body of a `rows` message: 1 byte version (2), 16 random bytes, 4 bytes epoch, 8 bytes name of the back office's key, 2 bytes number
 * of rows; of each row 4 bytes seq, 2 bytes length and the sealed row. Numbers are unsigned, big-endian; rows are in the order of
 * seq. The random bytes make a batch that is sent again another one, with an answer of its own.
 */
import { randomBytes } from 'node:crypto';
import type { SealedRow } from '../../device/data-ports.ts';
import { maxSealedBytes } from './sealed-row.ts';
import { maxMessageBytes, signatureBytes } from './signed-message.ts';

export interface Batch {
  /** Of the journal. */
  readonly epoch: number;
  /** 16 hex digits */
  readonly keyId: string;
  readonly rows: readonly Omit<SealedRow, 'keyId'>[];
}

/** Few enough that a bad network takes some at a time. */
export const maxBatchRows = 100;

/** Epochs are days at most, until the year 2199. */
const maxEpoch = 0xffff;
const version = 2;
const [epochAt, keyAt, countAt, headBytes] = [17, 21, 29, 31];
const rowHeadBytes = 6;
const maxBodyBytes = maxMessageBytes - signatureBytes;

/** @returns as many of the rows as one message holds: the first ones, sealed for one key */
export function fitting(rows: readonly SealedRow[]): readonly SealedRow[] {
  let bytes = headBytes;
  const end = rows.findIndex(({ keyId, sealed }) => {
    bytes += rowHeadBytes + sealed.length;
    return bytes > maxBodyBytes || keyId !== rows[0]?.keyId;
  });
  return rows.slice(0, Math.min(end === -1 ? rows.length : end, maxBatchRows));
}

export function encodeBatch({ epoch, keyId, rows }: Batch): Buffer {
  const head = Buffer.alloc(headBytes);
  head[0] = version;
  randomBytes(epochAt - 1).copy(head, 1);
  head.writeUInt32BE(epoch, epochAt);
  head.write(keyId, keyAt, 'hex');
  head.writeUInt16BE(rows.length, countAt);
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
  const count = body.readUInt16BE(countAt);
  if (count < 1 || count > maxBatchRows) return undefined;
  const rows: Batch['rows'][number][] = [];
  let at = headBytes;
  for (let last = 0; rows.length < count; ) {
    if (at + rowHeadBytes > body.length) return undefined;
    const [seq, length] = [body.readUInt32BE(at), body.readUInt16BE(at + 4)];
    const end = at + rowHeadBytes + length;
    if (seq <= last || length > maxSealedBytes || end > body.length) return undefined;
    rows.push({ seq, sealed: body.subarray(at + rowHeadBytes, end) });
    [last, at] = [seq, end];
  }
  const epoch = body.readUInt32BE(epochAt);
  if (at !== body.length || epoch < 1 || epoch > maxEpoch) return undefined;
  return { epoch, keyId: body.toString('hex', keyAt, countAt), rows };
}
