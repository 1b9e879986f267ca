/**
 * T-Union 交通联合 cards (JT/T 978): the application A000000632010105.
 *
 * File 0x15 (30 bytes): issuer 0–7 with the city in 2–3; 9 enabled flag (0 not started, 1 enabled, 2 disabled);
 * 10–19 BCD, of which the first nibble is dropped: the 19-digit number; 20–23 and 24–27 first and last day of
 * validity, BCD YYYYMMDD. The same bytes stand in the application's FCI under tag 9F0C.
 * File 0x17 (60 bytes): 6–7 city; 10 card kind. DF ADFA answers 6283 on a blacklisted card.
 */
import { bcdDigits, toHex } from '../bytes.ts';
import type { CardKind } from '../medium.ts';
import { type ApduResponse, type CardDialogue, readBinary, selectById } from './apdu.ts';
import { bcdDate, paddedNumber } from './fields.ts';
import { type CardReading, locked, type PurseIdentity, unsupported } from './reading.ts';
import {
  atLeast,
  hexOf,
  isAbsent,
  isAnswer,
  isInvalidated,
  isLocked,
  isRefusal,
  notAllowedNow,
  notEnough,
} from './status.ts';
import { readTUnionBalance } from './t-union-purse.ts';
import { findTlv } from './tlv.ts';

/** The application's name; Beijing phones also carry a longer name that begins with it. */
export const tUnionAids = ['A000000632010105', 'A00000063201010510009156000014A1'] as const;

const fileLength = 30;
const kindOffset = 10;
const minDigits = 16;
const kinds: Record<number, CardKind> = {
  1: 'ordinary',
  2: 'student',
  3: 'senior',
  4: 'test',
  5: 'military',
};

/**
 * @param selected the answer to the application's SELECT
 * @returns undefined where this is another card: it says so, or has neither the application's name nor its file 15
 */
export function* readTUnion(selected: ApduResponse): CardDialogue<CardReading | undefined> {
  const { status, data: fci } = selected;
  const said = `SELECT of T-Union answered ${hexOf(status)}`;
  if (isLocked(status)) return locked(said);
  if (!isAnswer(status) || isNamed(fci) === false) return undefined;
  const reading = yield* readFiles(fci, isInvalidated(status));
  return isInvalidated(status) && reading?.read !== 'card' ? locked(said) : reading;
}

/** @returns whether the FCI names this application; undefined where it names none */
function isNamed(fci: Uint8Array): boolean | undefined {
  const name = findTlv(fci, [0x6f, 0x84]);
  return name === undefined ? undefined : toHex(name).startsWith(tUnionAids[0].toLowerCase());
}

function* readFiles(fci: Uint8Array, appInvalidated: boolean): CardDialogue<CardReading | undefined> {
  const answer15 = yield readBinary(0x15, fileLength);
  const file15 = atLeast(fileLength, answer15) ?? copyIn(fci);
  if (file15 === undefined) {
    const isOurs = isNamed(fci) || isLocked(answer15.status) || answer15.data.length > 0;
    if (!isOurs) return undefined;
    return answer15.status === notAllowedNow ? blockedNow : notEnough('file 15', answer15);
  }
  const file17 = yield readBinary(0x17, 60);
  const kind = kindOf(file17);
  if (typeof kind !== 'string') return kind;
  const balanceFen = yield* readTUnionBalance();
  // Last, because a card that has this DF makes it the current one.
  const mark = yield selectById(0xadfa);
  const blacklisted = appInvalidated || isInvalidated(mark.status);

  const holder = holderOf(file15);
  const markSays = `DF ADFA answered ${hexOf(mark.status)}`;
  if (typeof holder === 'string') return blacklisted ? locked(markSays) : unsupported(holder);
  if (typeof balanceFen !== 'number') {
    if (blacklisted) return locked(markSays);
    return answer15.status === notAllowedNow ? blockedNow : balanceFen;
  }
  if (!isAnswer(mark.status) && !isAbsent(mark.status)) return notEnough('DF ADFA', mark);
  const enabled = file15[9] === 1;
  const city = cityOf(file15, file17);
  return {
    read: 'card',
    card: {
      medium: 't-union',
      ...holder,
      city,
      enabled,
      blacklisted,
      kind,
      balanceFen,
      purse: purseOf(file15),
    },
  };
}

const blockedNow = locked(`the files are refused (${hexOf(notAllowedNow)})`);

function copyIn(fci: Uint8Array): Uint8Array | undefined {
  const copy = findTlv(fci, [0x6f, 0xa5, 0x9f0c]);
  return copy !== undefined && copy.length >= fileLength ? copy : undefined;
}

/** A card without the file is of no kind. A file that cannot be read is not missing: a bad contact must not change the fare. */
function kindOf(file17: ApduResponse): CardKind | CardReading {
  const value = atLeast(kindOffset + 1, file17)?.[kindOffset];
  if (value !== undefined) return kinds[value] ?? 'unknown';
  return isRefusal(file17.status) ? 'unknown' : notEnough('file 17', file17);
}

/** @returns what is wrong with it, as a string */
function holderOf(file15: Uint8Array) {
  const number = paddedNumber(file15.subarray(10, 20), minDigits, true);
  const validFrom = bcdDate(file15.subarray(20, 24));
  const validTo = bcdDate(file15.subarray(24, 28));
  if (number === undefined) return 'the number is no number';
  if (validFrom === undefined || validTo === undefined) return 'a validity date is not a date';
  return { number, validFrom, validTo };
}

/** What INIT_SAM_FOR_PURCHASE is given of the card (JT/T 978). */
function purseOf(file15: Uint8Array): PurseIdentity {
  return { number: file15.slice(12, 20), issuer: file15.slice(0, 8) };
}

/** Nothing depends on it. */
function cityOf(file15: Uint8Array, { data: file17 }: ApduResponse): string {
  const elsewhere = file17.length >= 8 ? bcdDigits(file17.subarray(6, 8)) : undefined;
  return bcdDigits(file15.subarray(2, 4)) ?? elsewhere ?? 'unknown';
}
