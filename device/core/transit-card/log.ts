/**
 * What a card has paid and loaded last (PBOC; T-Union and old Beijing cards, SFI 0x18), cyclic records of 23 bytes: 0–1 sequence; 2–4 overdraft limit; 5–8 amount; 9 type;
 * 10–15 terminal, which is nobody's business; 16–22 when, BCD.
 */
import { uintBe } from '../bytes.ts';
import { type CardDialogue, readRecord } from './apdu.ts';
import { bcdTime } from './fields.ts';
import { atLeast } from './status.ts';

export interface LogEntry {
  readonly sequence: number;
  readonly amountFen: number;
  readonly type: 'load' | 'purchase' | 'compound' | 'other';
  /** Unix milliseconds; undefined for what is no time */
  readonly at: number | undefined;
}

const file = 0x18;
const recordLength = 23;
/** JT/T 978 and PBOC ask for 10. */
const maxRecords = 10;

/** For who must know at which terminal a purchase was made. */
export const purchaseLog = {
  file,
  length: recordLength,
  records: maxRecords,
  /** @returns undefined for what is no purchase: loads have numbers of their own */
  purchaseIn(record: Uint8Array) {
    const { type, ...entry } = entryIn(record);
    if (type !== 'purchase' && type !== 'compound') return undefined;
    return { ...entry, terminal: record.slice(10, 16) };
  },
};

/** @returns the newest first; records that were never written are left out */
export function* readLog(): CardDialogue<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let number = 1; number <= maxRecords; number++) {
    const record = atLeast(recordLength, yield readRecord(file, number, recordLength));
    if (record === undefined) break;
    if (!isBlank(record)) entries.push(entryIn(record));
  }
  return entries;
}

function entryIn(record: Uint8Array): LogEntry {
  return {
    sequence: uintBe(record, 0, 2),
    amountFen: uintBe(record, 5, 4),
    type: typeOf(record[9] ?? 0),
    at: bcdTime(record.subarray(16, 23)),
  };
}

function typeOf(type: number): LogEntry['type'] {
  if (type === 0x02) return 'load';
  if (type === 0x05 || type === 0x06) return 'purchase';
  return type === 0x09 ? 'compound' : 'other';
}

function isBlank(record: Uint8Array): boolean {
  return record.every(byte => byte === 0x00) || record.every(byte => byte === 0xff);
}
