/** `inspect card`: shows the firmware's verdict on one card, played from its image file, and what the card tells of its past. */
import { checkTransitCard, readTransitCard } from '../../device/core/transit-card.ts';
import { readCardImage } from '../media/card-image.ts';
import { whatTells } from '../media/card-tells.ts';
import { createVirtualCard, talkTo } from '../media/virtual-card.ts';
import type { Inspection } from './code.ts';

/** @param at Unix milliseconds. @throws WrongUsage for an image that cannot be used */
export function inspectCard(path: string, at: number): Inspection {
  const virtual = createVirtualCard(readCardImage(path));
  const reading = talkTo(virtual, readTransitCard(virtual.atr));
  const check = checkTransitCard(reading, at);
  const card = reading.read === 'card' ? reading.card : undefined;
  const head = { medium: card?.medium ?? 'transit-card', accepted: check.accepted };
  const past = card === undefined ? {} : whatTells(virtual, card.medium);
  if (!check.accepted) return { accepted: false, result: { ...head, reason: check.reason, ...past } };
  if (card === undefined) return { accepted: true, result: head };
  const { number, city, validFrom, validTo, balanceFen, kind } = card;
  return { accepted: true, result: { ...head, number, city, validFrom, validTo, balanceFen, kind, ...past } };
}
