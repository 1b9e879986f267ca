/**
 * Old Beijing cards (BMAC 一卡通): files under the master file, no application name.
 *
 * File 4 (32 bytes): 0–7 number, 16 BCD digits beginning with the city 1000; 9 enabled flag, 02; 24–27 and 28–31
 * first and last day of validity, BCD. File 5: 0 is A5 when blacklisted; 5–8 overdraft used, FFFFFFFF for none.
 * Purse: DF 1001; its balance has the top bit masked.
 */
import { bcdDigits, uintBe } from '../bytes.ts';
import { type CardDialogue, getBalance, ok, readBinary, selectById } from './apdu.ts';
import { balanceFen, bcdDate } from './fields.ts';
import { type CardReading, unreadable } from './reading.ts';

/** The name of the same files on a phone. */
export const bmacPhoneAid = '9156000014010001';

const file4Length = 32;
const file5Length = 9;
const enabledFlag = 0x02;
const blacklistMark = 0xa5;
const noOverdraft = 0xffffffff;

/** A card whose file 4 begins with the city of Beijing is taken for an old Beijing card. */
export function looksLikeBmac(file4: Uint8Array): boolean {
  return file4[0] === 0x10 && file4[1] === 0x00;
}

/** @param file4 what the master file's file 4 answered */
export function* readBmac(file4: Uint8Array): CardDialogue<CardReading> {
  if (file4.length < file4Length) return unreadable('file 4 is short');
  const file5 = yield readBinary(0x05, file5Length);
  if (file5.status !== ok || file5.data.length < file5Length) return unreadable('file 5 is missing or short');
  // Where there is no DF 1001 the balance answer says so.
  yield selectById(0x1001);
  const balanceAnswer = yield getBalance(0x00);
  const balance = balanceAnswer.status === ok ? balanceFen(balanceAnswer.data) : undefined;
  if (balance === undefined) return unreadable('the purse gives no balance');

  const number = bcdDigits(file4.subarray(0, 8));
  const validFrom = bcdDate(file4.subarray(24, 28));
  const validTo = bcdDate(file4.subarray(28, 32));
  if (number === undefined) return unreadable('the number is not BCD');
  if (validFrom === undefined || validTo === undefined) return unreadable('a validity date is not a date');
  const overdraft = uintBe(file5.data, 5, 4);
  return {
    read: 'card',
    card: {
      medium: 'bmac',
      number,
      city: number.slice(0, 4),
      enabled: file4[9] === enabledFlag,
      blacklisted: file5.data[0] === blacklistMark,
      validFrom,
      validTo,
      kind: 'unknown',
      balanceFen: (balance % 0x80000000) - (overdraft === noOverdraft ? 0 : overdraft),
    },
  };
}
