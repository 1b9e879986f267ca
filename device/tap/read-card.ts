/** Reads one transit card in the field: carries the core's commands to the card and its answers back. */
import { type CardReading, unreadable } from '../core/transit-card/reading.ts';
import { readTransitCard } from '../core/transit-card.ts';
import { DeviceError } from '../kit/errors.ts';
import type { Card } from '../ports.ts';

/**
 * @param timeoutMs a card that is not read by then is too slow: the next passenger waits
 * @returns what was read, or `medium-lost` when the card left (or the reader went) before the end
 */
export async function readCard(card: Card, timeoutMs: number): Promise<CardReading | 'medium-lost'> {
  const deadline = performance.now() + timeoutMs;
  const dialogue = readTransitCard(card.atr);
  try {
    let step = dialogue.next();
    while (!step.done) {
      if (performance.now() > deadline) return unreadable('the card is too slow');
      step = await answered(card, dialogue, step.value);
    }
    return step.value;
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    if (error.kind === 'medium-lost' || error.kind === 'disconnected') return 'medium-lost';
    return unreadable(`${error.kind}: ${error.message}`);
  }
}

/** What the reader cannot do is put to the dialogue, which may know what that means. */
async function answered(card: Card, dialogue: ReturnType<typeof readTransitCard>, command: Uint8Array) {
  let response: Uint8Array;
  try {
    response = await card.transmit(command);
  } catch (error) {
    if (error instanceof DeviceError) return dialogue.throw(error);
    throw error;
  }
  return dialogue.next(response);
}
