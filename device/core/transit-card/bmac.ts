/**
 * Old Beijing cards (BMAC 一卡通): files under the master file, no application name.
 *
 * File 4 (32 bytes): 0–7 number, 16 BCD digits beginning with the city 1000; 9 enabled flag, 02; 24–27 and 28–31
 * first and last day of validity, BCD. File 5: 0 is A5 when blacklisted; 5–8 overdraft used, FFFFFFFF for none.
 * Purse: DF 1001.
 */
import { bcdDigits, uintBe } from '../bytes.ts';
import { type ApduResponse, type CardDialogue, getBalance, readBinary, selectById } from './apdu.ts';
import { amountFen, amountIn, bcdDate } from './fields.ts';
import { type CardData, type CardReading, locked, unreadable, unsupported } from './reading.ts';
import { atLeast, isInvalidated, isLocked, notEnough } from './status.ts';

/** The name of the same files on a phone. */
export const bmacPhoneAid = '9156000014010001';

const file4Length = 32;
const file5Length = 9;
const enabledFlag = 0x02;
const blacklistMark = 0xa5;
/** An old card names no issuer: the city's own, as T-Union cards write it. */
const issuer = Uint8Array.of(0x10, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
/** Without the top bit, which says nothing. */
const noOverdraft = 0x7fffffff;

/** @returns undefined where this is no old Beijing card: its file 4 begins with the city of Beijing */
export function* readBmac(): CardDialogue<CardReading | undefined> {
  const answer4 = yield readBinary(0x04, file4Length);
  const isOurs = atLeast(2, answer4) !== undefined && answer4.data[0] === 0x10 && answer4.data[1] === 0x00;
  if (!isOurs) return isLocked(answer4.status) ? notEnough('file 4', answer4) : undefined;
  const file4 = atLeast(file4Length, answer4);
  if (file4 === undefined) return notEnough('file 4', answer4);
  const answer5 = yield readBinary(0x05, file5Length);
  const file5 = atLeast(file5Length, answer5);
  if (file5 === undefined) return notEnough('file 5', answer5);
  const balanceFen = yield* readPurse(file5);
  const blacklisted = file5[0] === blacklistMark;

  const holder = holderOf(file4);
  const markSays = 'file 5 has the mark';
  if (typeof holder === 'string') return blacklisted ? locked(markSays) : unsupported(holder);
  if (typeof balanceFen !== 'number') return blacklisted ? locked(markSays) : balanceFen;
  return { read: 'card', card: { ...holder, blacklisted, balanceFen } };
}

function* readPurse(file5: Uint8Array): CardDialogue<number | CardReading> {
  const purse: ApduResponse = yield selectById(0x1001);
  // Where there is no DF 1001 the balance answer says so.
  if (isLocked(purse.status) || isInvalidated(purse.status)) return notEnough('DF 1001', purse);
  const balance = amountIn('the balance', yield getBalance(0x00));
  if (typeof balance !== 'number') return balance;
  const isNone = uintBe(file5, 5, 4) % 0x8000_0000 === noOverdraft;
  const overdraft = isNone ? 0 : amountFen(file5.subarray(5, 9));
  return overdraft === undefined
    ? unreadable('the overdraft is above what a purse can hold')
    : balance - overdraft;
}

/** @returns what is wrong with it, as a string */
function holderOf(file4: Uint8Array): Omit<CardData, 'blacklisted' | 'balanceFen'> | string {
  const number = bcdDigits(file4.subarray(0, 8));
  const validFrom = bcdDate(file4.subarray(24, 28));
  const validTo = bcdDate(file4.subarray(28, 32));
  if (number === undefined) return 'the number is not BCD';
  if (validFrom === undefined || validTo === undefined) return 'a validity date is not a date';
  const enabled = file4[9] === enabledFlag;
  const purse = { number: file4.slice(0, 8), issuer };
  return {
    medium: 'bmac',
    number,
    city: number.slice(0, 4),
    enabled,
    validFrom,
    validTo,
    kind: 'unknown',
    purse,
  };
}
