/**
 * T-Union 交通联合 cards (JT/T 978): the application A000000632010105.
 *
 * File 0x15 (30 bytes): issuer 0–7 with the city in 2–3; 9 enabled flag (0 not started, 1 enabled, 2 disabled);
 * 10–19 BCD, of which the first nibble is dropped: the 19-digit number; 20–23 and 24–27 first and last day of
 * validity, BCD YYYYMMDD. The same bytes stand in the application's FCI under tag 9F0C.
 * File 0x17 (60 bytes): 10 card kind. Balance is purse 03 less overdraft purse 02. DF ADFA answers 6283 on a
 * blacklisted card.
 */
import { bcdDigits, toHex } from '../bytes.ts';
import type { CardKind } from '../medium.ts';
import {
  type ApduResponse,
  type CardDialogue,
  getBalance,
  invalidated,
  isAbsent,
  isPlain,
  ok,
  readBinary,
  selectById,
} from './apdu.ts';
import { balanceFen, bcdDate } from './fields.ts';
import { type CardReading, unreadable } from './reading.ts';
import { findTlv } from './tlv.ts';

/** The application's name; Beijing phones also carry a longer name that begins with it. */
export const tUnionAids = ['A000000632010105', 'A00000063201010510009156000014A1'] as const;

const fileLength = 30;
const kinds: Record<number, CardKind> = {
  1: 'ordinary',
  2: 'student',
  3: 'senior',
  4: 'test',
  5: 'military',
};

/** @param fci the answer to the application's SELECT */
export function* readTUnion(fci: Uint8Array, appInvalidated: boolean): CardDialogue<CardReading> {
  const file15 = yield* readPublicInfo(fci);
  if (file15 === undefined) return unreadable('file 15 is missing or short');
  const file17 = yield readBinary(0x17, 60);
  const balance = yield* readBalance();
  if (balance === undefined) return unreadable('the purse gives no balance');
  // Last, because a card that has this DF makes it the current one.
  const blacklist = yield selectById(0xadfa);
  if (blacklist.status !== invalidated && !isPlain(blacklist.status)) {
    return unreadable('no answer to whether it is blacklisted');
  }

  const kind = kindOf(file17);
  const number = toHex(file15.subarray(10, 20)).slice(1);
  const city = bcdDigits(file15.subarray(2, 4));
  const validFrom = bcdDate(file15.subarray(20, 24));
  const validTo = bcdDate(file15.subarray(24, 28));
  if (!/^\d+$/.test(number)) return unreadable('the number is not BCD');
  if (kind === undefined) return unreadable('file 17 cannot be read');
  if (city === undefined) return unreadable('the city is not BCD');
  if (validFrom === undefined || validTo === undefined) return unreadable('a validity date is not a date');
  return {
    read: 'card',
    card: {
      medium: 't-union',
      number,
      city,
      enabled: file15[9] === 1,
      blacklisted: appInvalidated || blacklist.status === invalidated,
      validFrom,
      validTo,
      kind,
      balanceFen: balance,
    },
  };
}

/** @returns undefined where it is there but cannot be read: nobody is to pay another fare for a bad contact */
function kindOf({ status, data }: ApduResponse): CardKind | undefined {
  if (isAbsent(status)) return 'unknown';
  const value = data[10];
  return status !== ok || value === undefined ? undefined : (kinds[value] ?? 'unknown');
}

function* readPublicInfo(fci: Uint8Array): CardDialogue<Uint8Array | undefined> {
  const answer = yield readBinary(0x15, fileLength);
  if (answer.status === ok && answer.data.length >= fileLength) return answer.data;
  const fromFci = findTlv(fci, [0x6f, 0xa5, 0x9f0c]);
  return fromFci !== undefined && fromFci.length >= fileLength ? fromFci : undefined;
}

/** 6Axx, 6985, 6Dxx, or PBOC's own 94xx: nothing is overdrawn then. Any other error leaves the balance unknown. */
function hasNoPurse(status: number): boolean {
  return isAbsent(status) || status >> 8 === 0x94;
}

function* readBalance(): CardDialogue<number | undefined> {
  const purse = yield getBalance(0x03);
  const balance = purse.status === ok ? balanceFen(purse.data) : undefined;
  if (balance === undefined) return undefined;
  const overdraft = yield getBalance(0x02);
  if (overdraft.status !== ok) return hasNoPurse(overdraft.status) ? balance : undefined;
  const used = balanceFen(overdraft.data);
  return used === undefined ? undefined : balance - used;
}
