/** Card images of what passengers carry: T-Union (JT/T 978), old Beijing cards, and cards no bus takes. */
import { concatBytes, toHex } from '../../device/core/bytes.ts';
import type { CardKind } from '../../device/core/medium.ts';
import type { CardApplication, CardImage } from './card-image.ts';
import { ascii, bcd, bcdDate, contactlessAtr, exactly, hexBytes, tlv } from './encoding.ts';

export interface TUnionOptions {
  /** 19 digits */
  readonly number?: string;
  /** 4 digits; 1000 is Beijing */
  readonly city?: string;
  /** YYYY-MM-DD, as validTo */
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly enabled?: boolean;
  readonly kind?: CardKind;
  readonly balanceFen?: number;
  /** What is overdrawn. */
  readonly overdraftFen?: number;
  readonly overdraftLimitFen?: number | undefined;
  readonly blacklisted?: boolean;
  /** 8 bytes in hex; made from the city when left out */
  readonly issuer?: string;
  /** The application as Beijing's phone cards name it; a plastic card's name is the first half of it. */
  readonly inPhone?: boolean;
}

export interface BmacOptions {
  /** 16 digits, the first four 1000 */
  readonly number?: string;
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly enabled?: boolean;
  readonly balanceFen?: number;
  readonly overdraftFen?: number;
  readonly blacklisted?: boolean;
  readonly inPhone?: boolean;
}

/** One load of 50 yuan: sequence 2, overdraft 3, amount 4, type, terminal 6, time 7. */
const logRecord = '0001000000000013880211000000000120220501080000';

const tUnionAid = 'A000000632010105';
const tUnionPhoneAid = 'A00000063201010510009156000014A1';
const bmacPhoneAid = '9156000014010001';
const kinds: readonly CardKind[] = ['unknown', 'ordinary', 'student', 'senior', 'test', 'military'];
const tUnionEnabled = 0x01;
const tUnionDisabled = 0x02;

/** A T-Union card: public data in file 15 and inside the FCI under tag 9F0C, region and kind in file 17. */
export function tUnionImage(options: TUnionOptions = {}): CardImage {
  const aid = options.inPhone ? tUnionPhoneAid : tUnionAid;
  const file15 = tUnionPublicData(options);
  const application: CardApplication = {
    aid,
    fci: toHex(tlv('6F', tlv('84', hexBytes(aid)), tlv('A5', tlv('9F0C', file15)))),
    files: { '15': toHex(file15), '17': toHex(tUnionRegion(options)) },
    records: {
      '18': [logRecord],
      '1A': ['00'.repeat(128), `27027D0101${'00'.repeat(123)}`],
      '1E': ['00'.repeat(48)],
    },
    purse: {
      balance: options.balanceFen ?? 5000,
      overdraftUsed: options.overdraftFen ?? 0,
      ...(options.overdraftLimitFen !== undefined && { overdraftLimit: options.overdraftLimitFen }),
    },
  };
  const mark: readonly CardApplication[] = options.blacklisted ? [{ aid: 'ADFA' }] : [];
  return { atr: toHex(contactlessAtr(hexBytes('2090000000000000'))), applications: [application, ...mark] };
}

/** An old Beijing card: no AID, files 4 and 5 under the master file, the purse in DF 1001. */
export function bmacImage(options: BmacOptions = {}): CardImage {
  const files = { '04': toHex(bmacCardData(options)), '05': toHex(bmacState(options)) };
  const purse = { balance: options.balanceFen ?? 5000, overdraftUsed: options.overdraftFen ?? 0 };
  return {
    atr: toHex(contactlessAtr(hexBytes('424D4143'))),
    applications: [
      { aid: options.inPhone ? bmacPhoneAid : 'mf', files },
      { aid: '1001', purse, records: { '18': [logRecord] } },
    ],
  };
}

/** A Mifare Classic storage card, as PC/SC part 3 names it in the ATR; it has no applications. */
export function mifareImage(): CardImage {
  return { atr: toHex(contactlessAtr(hexBytes('804F0CA00000030603000100000000'))), applications: [] };
}

/** A contactless bank card: the EMV payment directory and one UnionPay debit application. */
export function bankImage(): CardImage {
  const debitAid = 'A000000333010101';
  const directory = ascii('2PAY.SYS.DDF01');
  const label = tlv('50', ascii('UnionPay Debit'));
  const entry = tlv('61', tlv('4F', hexBytes(debitAid)), label, tlv('87', Uint8Array.of(1)));
  const pdol = tlv('9F38', hexBytes('9F66049F02069F03069F1A02'));
  return {
    atr: toHex(contactlessAtr(hexBytes('0031C173C8400000'))),
    applications: [
      { aid: toHex(directory), fci: toHex(tlv('6F', tlv('84', directory), tlv('A5', tlv('BF0C', entry)))) },
      { aid: debitAid, fci: toHex(tlv('6F', tlv('84', hexBytes(debitAid)), tlv('A5', label, pdol))) },
    ],
  };
}

/** File 15: issuer 8, application type, state, number (a spare nibble, then 19 digits), validity, FCI's own 2. */
function tUnionPublicData(options: TUnionOptions): Uint8Array {
  const issuer = options.issuer ?? `0101${options.city ?? '1000'}FFFFFFFF`;
  return concatBytes(
    exactly(8, 'issuer', hexBytes(issuer)),
    Uint8Array.of(0x02, (options.enabled ?? true) ? tUnionEnabled : tUnionDisabled),
    bcd(`0${options.number ?? '3105100000000000001'}`, 20),
    bcdDate(options.validFrom ?? '2020-01-01'),
    bcdDate(options.validTo ?? '2040-12-31'),
    new Uint8Array(2),
  );
}

/** File 17, 60 bytes: country 0156, province, city, interoperable, kind; the rest reserved. */
function tUnionRegion(options: TUnionOptions): Uint8Array {
  const city = options.city ?? '1000';
  const file = new Uint8Array(60);
  file.set(concatBytes(bcd('00000156', 8), bcd(city, 4), bcd(city, 4), bcd('0001', 4)));
  file[10] = kinds.indexOf(options.kind ?? 'ordinary');
  return file;
}

/** File 4, 32 bytes: number 0, enabled flag 9, validity 24 and 28. */
function bmacCardData(options: BmacOptions): Uint8Array {
  const file = new Uint8Array(32);
  file.set(bcd(options.number ?? '1000751012345678', 16));
  file[9] = (options.enabled ?? true) ? 0x02 : 0x00;
  file.set(bcdDate(options.validFrom ?? '2010-01-01'), 24);
  file.set(bcdDate(options.validTo ?? '2040-12-31'), 28);
  return file;
}

/** File 5: A5 when blacklisted, a counter, the overdraft used (all ones = none). */
function bmacState(options: BmacOptions): Uint8Array {
  const file = new Uint8Array(32);
  const view = new DataView(file.buffer);
  file[0] = options.blacklisted ? 0xa5 : 0x00;
  view.setUint32(1, 42);
  view.setUint32(5, options.overdraftFen || 0xffff_ffff);
  return file;
}
