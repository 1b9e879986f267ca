/** `inspect card`: what the firmware makes of one card, played from its image file. */
import type { CardReading } from '../../device/core/transit-card/reading.ts';
import { checkTransitCard, readTransitCard } from '../../device/core/transit-card.ts';
import { messageOf } from '../../device/errors.ts';
import { type CardImage, parseCardImage } from '../media/card-image.ts';
import { createVirtualCard } from '../media/virtual-card.ts';
import { readInput } from '../read-input.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { Inspection } from './code.ts';

const maxImageBytes = 4 << 20;

/** @param at Unix milliseconds. @throws WrongUsage for an image that cannot be used */
export function inspectCard(path: string, at: number): Inspection {
  const reading = readOut(readImage(path));
  const check = checkTransitCard(reading, at);
  const card = reading.read === 'card' ? reading.card : undefined;
  const head = { medium: card?.medium ?? 'transit-card', accepted: check.accepted };
  if (!check.accepted) return { accepted: false, result: { ...head, reason: check.reason } };
  if (card === undefined) return { accepted: true, result: head };
  const { number, city, validFrom, validTo, balanceFen, kind } = card;
  return { accepted: true, result: { ...head, number, city, validFrom, validTo, balanceFen, kind } };
}

export function readImage(path: string): CardImage {
  const file = readInput(path, maxImageBytes);
  try {
    return parseCardImage(file.toString('utf8'));
  } catch (error) {
    throw new WrongUsage(`${path}: ${messageOf(error)}`);
  }
}

/** What the firmware reads off such a card. */
export function readOut(image: CardImage): CardReading {
  const card = createVirtualCard(image);
  const dialogue = readTransitCard(card.atr);
  let step = dialogue.next();
  while (!step.done) step = dialogue.next(card.respond(step.value));
  return step.value;
}
