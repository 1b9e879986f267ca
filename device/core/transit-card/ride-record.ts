/**
 * The ride that a T-Union card remembers (JT/T 978, record 0x1A; the bus has record 2, id 2702), 128 bytes:
 * 0–1 id; 2 length 7D; 3 valid 01; 4 flag 01; 6–13 the ride's number, BCD; 14 state (0 none yet, 1 on, 2 off).
 * Of getting on: 15–16 city; 17–24 acquirer; 25–26 operator; 27–28 line; 29 stop; 30–37 the bus, ASCII; 38–45 terminal;
 * 46–52 when, BCD; 53–56 the most that the ride may cost, in fen: taken with the next ride if nobody taps off; 57 direction.
 * Of getting off: 58–59 city; 60–67 acquirer; 68–69 operator; 70–71 line; 72 stop; 73–80 bus; 81–88 terminal; 89–95 when;
 * 96–99 fare; 100–101 distance. 102–127 are the city's own: ours has the marks of both stops in 102–109.
 */
import { bcdDigits, uintBe } from '../bytes.ts';
import { type CardDialogue, readRecord } from './apdu.ts';
import { bcdTime } from './fields.ts';
import type { CardReading } from './reading.ts';
import { atLeast, isRefusal, notEnough } from './status.ts';

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

/** What a card says of its last ride on a bus. */
export interface RideState {
  /** The record as it is, 128 bytes. */
  readonly record: Uint8Array;
  /** The ride that is open, if one is. */
  readonly open: (OpenRide & { readonly stopMark: number }) | undefined;
  /** Where and when the last ride ended, if it did. */
  readonly ended:
    | (Pick<OpenRide, 'city' | 'line' | 'bus' | 'at'> & { readonly stopMark: number })
    | undefined;
}

export const rideStateFile = 0x1a;
export const busRecord = 2;
export const recordLength = 128;
export const busId = 0x2702;
export const valid = 0x01;
export const rideStates = { on: 0x01, off: 0x02 } as const;
/** Where getting off is written as getting on is: so many bytes further, up to the time. */
export const offAfterOn = 43;
export const marksAt = { on: 102, off: 106 } as const;

/** @returns undefined where no ride is open, and where the card does not say */
export function* readOpenRide(): CardDialogue<OpenRide | undefined> {
  const state = yield* readRideState();
  if (state === undefined || 'read' in state || state.open === undefined) return undefined;
  const { stopMark: _, ...ride } = state.open;
  return ride;
}

/**
 * @returns undefined where the card has no such record: it cannot be tapped on and off. A record that cannot be read is not
 * missing: a bad contact must not begin a second ride
 */
export function* readRideState(): CardDialogue<RideState | undefined | CardReading> {
  const answer = yield readRecord(rideStateFile, busRecord, 0);
  const record = atLeast(recordLength, answer);
  if (record !== undefined) return rideStateIn(record.slice(0, recordLength));
  return isRefusal(answer.status) ? undefined : notEnough('record 1A', answer);
}

export function rideStateIn(record: Uint8Array): RideState {
  const isBus = uintBe(record, 0, 2) === busId && record[3] === valid;
  const state = isBus ? record[14] : undefined;
  return {
    record,
    open:
      state === rideStates.on
        ? {
            ...placeAt(record, 0),
            stop: record[29] ?? 0,
            mostFen: uintBe(record, 53, 4),
            stopMark: uintBe(record, marksAt.on, 4),
          }
        : undefined,
    ended:
      state === rideStates.off
        ? { ...placeAt(record, offAfterOn), stopMark: uintBe(record, marksAt.off, 4) }
        : undefined,
  };
}

function placeAt(record: Uint8Array, offset: number) {
  const field = (from: number, to: number) => record.subarray(offset + from, offset + to);
  return {
    city: bcdDigits(field(15, 17)),
    line: bcdDigits(field(27, 29))?.replace(/^0+(?=\d)/, ''),
    bus: textIn(field(30, 38)),
    at: bcdTime(field(46, 53)),
  };
}

/** What is no printable ASCII is left out: filling, at most. */
function textIn(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.filter(byte => byte >= 0x20 && byte < 0x7f)).trim();
}
