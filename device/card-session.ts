/** Reads one transit card in the field: carries the core's commands to the card and its answers back. */
import { type CardReading, unreadable } from './core/transit-card/reading.ts';
import { readTransitCard } from './core/transit-card.ts';
import { DeviceError } from './errors.ts';
import type { Card } from './ports.ts';

/** A card that is not read by now is not waited for: the next passenger is. */
const readingLimitMs = 700;

/** @returns what was read, or `medium-lost` when the card left (or the reader went) before the end */
export async function readCard(card: Card): Promise<CardReading | 'medium-lost'> {
  const deadline = performance.now() + readingLimitMs;
  const dialogue = readTransitCard(card.atr);
  try {
    let step = dialogue.next();
    while (!step.done) {
      if (performance.now() > deadline) return unreadable('the card is too slow');
      step = dialogue.next(await card.transmit(step.value));
    }
    return step.value;
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    if (error.kind === 'medium-lost' || error.kind === 'disconnected') return 'medium-lost';
    return unreadable(`${error.kind}: ${error.message}`);
  }
}
