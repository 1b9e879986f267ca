/** `inspect card`: shows the firmware's verdict on one card, played from its image file, and what the card tells of its past. */
import { type Broken, converse } from '../../device/core/transit-card/exchange.ts';
import type { LogEntry } from '../../device/core/transit-card/log.ts';
import { type CardPast, readPast } from '../../device/core/transit-card/past.ts';
import type { OpenRide } from '../../device/core/transit-card/ride-record.ts';
import { checkTransitCard, readTransitCard } from '../../device/core/transit-card.ts';
import { readCardImage } from '../media/card-image.ts';
import { createVirtualCard, talkTo } from '../media/virtual-card.ts';
import type { Inspection } from './code.ts';

/** @param at Unix milliseconds. @throws WrongUsage for an image that cannot be used */
export function inspectCard(path: string, at: number): Inspection {
  const virtual = createVirtualCard(readCardImage(path));
  const reading = talkTo(virtual, readTransitCard(virtual.atr));
  const check = checkTransitCard(reading, at);
  const card = reading.read === 'card' ? reading.card : undefined;
  const head = { medium: card?.medium ?? 'transit-card', accepted: check.accepted };
  const past = card === undefined ? {} : pastOf(talkTo(virtual, converse(readPast(card.medium))));
  if (!check.accepted) return { accepted: false, result: { ...head, reason: check.reason, ...past } };
  if (card === undefined) return { accepted: true, result: head };
  const { number, city, validFrom, validTo, balanceFen, kind } = card;
  return { accepted: true, result: { ...head, number, city, validFrom, validTo, balanceFen, kind, ...past } };
}

/** A card that breaks off tells nothing. */
function pastOf(past: CardPast | Broken) {
  if ('broken' in past) return { ride: null, log: [] };
  return { ride: past.ride === undefined ? null : rideOf(past.ride), log: past.log.map(entryOf) };
}

function rideOf({ at, city, line, ...rest }: OpenRide) {
  return { city: city ?? null, line: line ?? null, ...rest, at: timeOf(at) };
}

function entryOf({ at, ...rest }: LogEntry) {
  return { ...rest, at: timeOf(at) };
}

function timeOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
