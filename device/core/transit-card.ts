/** What a transit card says, from APDU responses, and whether this bus takes it. */
import { beijingDay } from './beijing-time.ts';
import { fromHex, toHex } from './bytes.ts';
import type { CardRefusal, CheckStep, Medium } from './medium.ts';
import {
  type ApduResponse,
  type CardDialogue,
  invalidated,
  isAbsent,
  longestAnswer,
  ok,
  parseResponse,
  readBinary,
  selectByName,
} from './transit-card/apdu.ts';
import { bmacPhoneAid, looksLikeBmac, readBmac } from './transit-card/bmac.ts';
import { type CardData, type CardReading, unreadable } from './transit-card/reading.ts';
import { readTUnion, tUnionAids } from './transit-card/t-union.ts';

/** Historical bytes by which PC/SC names a storage card (PC/SC part 3, 3.1.3.2.3): Mifare and such. */
const storageCardMark = '4f0ca000000306';

/**
 * Reads a card. A generator of command APDUs: resume it with each response (status word included) until it
 * returns. It never throws.
 * @param atr answer to reset
 */
export function* readTransitCard(atr: Uint8Array): Generator<Uint8Array, CardReading, Uint8Array> {
  if (toHex(atr).includes(storageCardMark)) return { read: 'unsupported', why: 'a storage card' };
  const dialogue = findApplication();
  let step = dialogue.next();
  while (!step.done) {
    const response = yield* exchange(step.value);
    if (response === undefined) return unreadable('an answer without a status word');
    if (response.data.length > longestAnswer(step.value))
      return unreadable('an answer longer than asked for');
    step = dialogue.next(response);
  }
  return step.value;
}

/** One command with what ISO/IEC 7816-4 lets a card ask for: 61xx, fetch the rest; 6Cxx, ask with this length. */
function* exchange(command: Uint8Array): Generator<Uint8Array, ApduResponse | undefined, Uint8Array> {
  const response = parseResponse(yield command);
  const sw2 = (response?.status ?? 0) & 0xff;
  switch ((response?.status ?? 0) >> 8) {
    case 0x61:
      return parseResponse(yield Uint8Array.of(0x00, 0xc0, 0x00, 0x00, sw2));
    case 0x6c:
      return parseResponse(yield Uint8Array.of(...command.subarray(0, 4), sw2));
    default:
      return response;
  }
}

function* findApplication(): CardDialogue<CardReading> {
  for (const aid of tUnionAids) {
    const selected = yield select(aid);
    if (selected.status === ok || selected.status === invalidated) {
      return yield* readTUnion(selected.data, selected.status === invalidated);
    }
    if (!isAbsent(selected.status)) return unreadable(refused('SELECT of T-Union', selected.status));
  }
  return yield* findBmac();
}

function* findBmac(): CardDialogue<CardReading> {
  const onCard = yield readBinary(0x04, 32);
  if (onCard.status === ok && looksLikeBmac(onCard.data)) return yield* readBmac(onCard.data);
  const onPhone = yield select(bmacPhoneAid);
  if (onPhone.status !== ok) return { read: 'unsupported', why: 'no application this bus knows' };
  const file4 = yield readBinary(0x04, 32);
  if (file4.status !== ok) return unreadable(refused('READ BINARY of file 4', file4.status));
  return yield* readBmac(file4.data);
}

function select(aid: string): Uint8Array {
  return selectByName(fromHex(aid) ?? new Uint8Array());
}

function refused(command: string, status: number): string {
  return `${command} answered ${status.toString(16).padStart(4, '0')}`;
}

export type CardCheck = Medium & { readonly steps: readonly CheckStep[] };

/**
 * Judges what was read.
 * @param now Unix milliseconds; NaN while the time is not known: a card then passes whatever its dates, which are all
 * that it needs a clock for
 */
export function checkTransitCard(reading: CardReading, now: number): CardCheck {
  if (reading.read !== 'card') {
    return refuse(reading.read, [
      { check: 'card read', ok: false, detail: `${reading.read}: ${reading.why}` },
    ]);
  }
  const { card } = reading;
  const steps = judge(card, beijingDay(now));
  const failed = steps.find(step => !step.ok);
  if (failed !== undefined) return refuse(failed.refusal, steps);
  return {
    accepted: true,
    medium: { kind: card.medium, account: card.number, cardKind: card.kind, balanceFen: card.balanceFen },
    steps,
  };
}

function refuse(reason: CardRefusal, steps: readonly CheckStep[]): CardCheck {
  return { accepted: false, presented: 'card', reason, steps };
}

type CardStep = CheckStep & { readonly refusal: CardRefusal };

function judge(card: CardData, today: string): CardStep[] {
  const step = (check: string, passed: boolean, detail: string, refusal: CardRefusal): CardStep => ({
    check,
    ok: passed,
    detail,
    refusal,
  });
  const read = `${card.medium}, city ${card.city}, ${card.kind}, balance ${(card.balanceFen / 100).toFixed(2)} yuan`;
  return [
    step('card read', true, read, 'unreadable'),
    step('card enabled', card.enabled, card.enabled ? 'yes' : 'no', 'not-enabled'),
    step('valid from', today === '' || card.validFrom <= today, card.validFrom, 'not-yet-valid'),
    step('valid to', today <= card.validTo, card.validTo, 'expired'),
    step('not blacklisted', !card.blacklisted, card.blacklisted ? 'marked' : 'no mark', 'blacklisted'),
  ];
}
