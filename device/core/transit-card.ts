/** What a transit card says, from APDU responses, and whether this bus takes it. */
import { beijingDay } from './beijing-time.ts';
import { toHex } from './bytes.ts';
import type { CardRefusal, CheckStep, Medium } from './medium.ts';
import { type ApduResponse, type CardDialogue, selectByName } from './transit-card/apdu.ts';
import { bmacPhoneAid, readBmac } from './transit-card/bmac.ts';
import { converse as converseInPieces, exchange } from './transit-card/exchange.ts';
import { type CardData, type CardReading, locked, unreadable, unsupported } from './transit-card/reading.ts';
import { blockedOrUnknown, hexOf, isAnswer, isInvalidated, isLocked } from './transit-card/status.ts';
import { readTUnion, tUnionAids } from './transit-card/t-union.ts';

/** Historical bytes by which PC/SC names a storage card (PC/SC part 3, 3.1.3.2.3): Mifare and such. */
const storageCardMark = '4f0ca000000306';

type Reading = Generator<Uint8Array, CardReading, Uint8Array>;

/**
 * Reads a card. A generator of command APDUs: resume it with each response (status word included) until it returns. It
 * throws nothing of its own. A reader's error may be thrown into it: it comes out again, unless it is an answer too.
 * @param atr answer to reset
 */
export function* readTransitCard(atr: Uint8Array): Reading {
  if (toHex(atr).includes(storageCardMark)) return yield* readBehindStorage();
  return yield* converse(findApplication());
}

/** Phones and cards that are two in one show the storage card first. It is asked once; a mere one fails in any way it likes. */
function* readBehindStorage(): Reading {
  const storageCard = unsupported('a storage card');
  let selected: ApduResponse;
  try {
    const answer = yield* exchange(selectByName(tUnionAids[0]));
    if ('broken' in answer) return storageCard;
    selected = answer;
  } catch {
    return storageCard;
  }
  return (yield* converse(readTUnion(selected))) ?? storageCard;
}

function* converse<T extends CardReading | undefined>(
  dialogue: CardDialogue<T>,
): Generator<Uint8Array, T | CardReading, Uint8Array> {
  const end = yield* converseInPieces(dialogue);
  return end !== undefined && 'broken' in end ? unreadable(end.broken) : end;
}

function* findApplication(): CardDialogue<CardReading> {
  const said: number[] = [];
  for (const aid of tUnionAids) {
    const selected = yield selectByName(aid);
    said.push(selected.status);
    const reading = yield* readTUnion(selected);
    if (reading !== undefined) return reading;
  }
  const reading = yield* findBmac();
  if (reading !== undefined) return reading;
  const first = `SELECT of T-Union answered ${said.map(hexOf).join(', ')}`;
  if (said.includes(blockedOrUnknown)) return locked(first);
  return unsupported(`no application this bus knows: ${first}`);
}

function* findBmac(): CardDialogue<CardReading | undefined> {
  const onCard = yield* readBmac();
  if (onCard !== undefined) return onCard;
  const { status } = yield selectByName(bmacPhoneAid);
  const said = `SELECT of the old application answered ${hexOf(status)}`;
  if (isLocked(status) || isInvalidated(status)) return locked(said);
  return isAnswer(status) ? yield* readBmac() : undefined;
}

export type CardCheck = Medium & { readonly steps: readonly CheckStep[] };

/**
 * Judges what was read.
 * @param now Unix milliseconds; NaN while the time is not known: a card then passes whatever its dates, which are all
 * that it needs a clock for
 * @param isOnBoard its ride is open on this bus. Getting off is never refused, whatever has become of the card meanwhile
 */
export function checkTransitCard(reading: CardReading, now: number, isOnBoard = false): CardCheck {
  if (reading.read !== 'card') {
    return refuse(reading.read, [
      { check: 'card read', ok: false, detail: `${reading.read}: ${reading.why}` },
    ]);
  }
  const { card } = reading;
  const steps = judge(card, beijingDay(now));
  const failed = steps.find(step => !step.ok);
  if (failed !== undefined && !isOnBoard) return refuse(failed.refusal, steps);
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
