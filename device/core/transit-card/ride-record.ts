/**
 * The ride that a T-Union card remembers (JT/T 978, record 0x1A; the bus has record 2, id 2702), 128 bytes:
 * 0–1 id; 2 length 7D; 3 valid 01; 14 state (0 none yet, 1 on, 2 off); 15–16 city; 27–28 line; 29 stop; 30–37 the bus, ASCII;
 * 46–52 when, BCD; 53–56 the most that the ride may cost, in fen: taken with the next ride if nobody taps off.
 */
import { bcdDigits, uintBe } from '../bytes.ts';
import { type CardDialogue, readRecord } from './apdu.ts';
import { bcdTime } from './fields.ts';
import { atLeast } from './status.ts';

/** What was written when somebody got on. Undefined is what is no number or no time. */
export interface OpenRide {
  /** Four digits, 1000 is Beijing */
  readonly city: string | undefined;
  /** The line's four digits, without leading zeros. */
  readonly line: string | undefined;
  /** The stop's number on its line, 0 to 255. */
  readonly stop: number;
  readonly bus: string;
  /** Unix milliseconds */
  readonly at: number | undefined;
  readonly mostFen: number;
}

const file = 0x1a;
const busRecord = 2;
const recordLength = 128;
const busId = 0x2702;
const valid = 0x01;
const isOn = 0x01;

/** @returns undefined where no ride is open, and where the card does not say */
export function* readOpenRide(): CardDialogue<OpenRide | undefined> {
  const record = atLeast(recordLength, yield readRecord(file, busRecord, 0));
  return record === undefined ? undefined : openRideIn(record);
}

function openRideIn(record: Uint8Array): OpenRide | undefined {
  if (uintBe(record, 0, 2) !== busId || record[3] !== valid || record[14] !== isOn) return undefined;
  return {
    city: bcdDigits(record.subarray(15, 17)),
    line: bcdDigits(record.subarray(27, 29))?.replace(/^0+(?=\d)/, ''),
    stop: record[29] ?? 0,
    bus: textIn(record.subarray(30, 38)),
    at: bcdTime(record.subarray(46, 53)),
    mostFen: uintBe(record, 53, 4),
  };
}

/** What is no printable ASCII is left out: filling, at most. */
function textIn(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.filter(byte => byte >= 0x20 && byte < 0x7f)).trim();
}
