/** What a card tells of the rides and payments before: nothing that decides anything, for testers and disputes. */
import type { MediumKind } from '../medium.ts';
import { type CardDialogue, selectById, selectByName } from './apdu.ts';
import { bmacPhoneAid } from './bmac.ts';
import { type LogEntry, readLog } from './log.ts';
import { type OpenRide, readOpenRide } from './ride-record.ts';
import { isAnswer } from './status.ts';
import { tUnionAids } from './t-union.ts';

export interface CardPast {
  readonly ride: OpenRide | undefined;
  readonly log: readonly LogEntry[];
}

/** @param medium what the card was read as, just before */
export function* readPast(medium: MediumKind): CardDialogue<CardPast> {
  if (medium === 'bmac') {
    yield selectByName(bmacPhoneAid);
    yield selectById(0x1001);
    return { ride: undefined, log: yield* readLog() };
  }
  for (const aid of tUnionAids) {
    const { status } = yield selectByName(aid);
    if (isAnswer(status)) break;
  }
  return { ride: yield* readOpenRide(), log: yield* readLog() };
}
