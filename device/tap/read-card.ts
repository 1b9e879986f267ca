/** Reads one transit card in the field: carries the core's commands to the card and its answers back. */
import { converse } from '../core/transit-card/exchange.ts';
import { type CardReading, unreadable } from '../core/transit-card/reading.ts';
import { type RideState, readRideState } from '../core/transit-card/ride-record.ts';
import { readTransitCard } from '../core/transit-card.ts';
import { DeviceError } from '../kit/errors.ts';
import type { Card } from '../ports.ts';

/** A card, and the ride that it keeps, where it keeps one and was asked for it. */
export interface ReadCard {
  readonly reading: CardReading;
  readonly ride: RideState | undefined;
}

export type CardGone = 'medium-lost' | 'disconnected';

/**
 * @param timeoutMs a card that is not read by then is too slow: the next passenger waits
 * @param withRide asks the card for its ride too
 * @returns what was read, or why it was not read to its end: the card left (`medium-lost`), or the reader did (`disconnected`)
 */
export async function readCard(
  card: Card,
  timeoutMs: number,
  withRide = false,
): Promise<ReadCard | CardGone> {
  const deadline = performance.now() + timeoutMs;
  const dialogue = readAll(card.atr, withRide);
  try {
    let step = dialogue.next();
    while (!step.done) {
      if (performance.now() > deadline) return only(unreadable('the card is too slow'));
      step = await answered(card, dialogue, step.value);
    }
    return step.value;
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    if (error.kind === 'medium-lost' || error.kind === 'disconnected') return error.kind;
    return only(unreadable(`${error.kind}: ${error.message}`));
  }
}

function* readAll(atr: Uint8Array, withRide: boolean): Generator<Uint8Array, ReadCard, Uint8Array> {
  const reading = yield* readTransitCard(atr);
  if (!withRide || reading.read !== 'card' || reading.card.medium !== 't-union') return only(reading);
  const ride = yield* converse(readRideState());
  if (ride !== undefined && 'broken' in ride) return only(unreadable(`record 1A: ${ride.broken}`));
  return ride !== undefined && 'read' in ride ? only(ride) : { reading, ride };
}

function only(reading: CardReading): ReadCard {
  return { reading, ride: undefined };
}

/** What the reader cannot do is put to the dialogue, which may know what that means. */
async function answered(card: Card, dialogue: ReturnType<typeof readAll>, command: Uint8Array) {
  let response: Uint8Array;
  try {
    response = await card.transmit(command);
  } catch (error) {
    if (error instanceof DeviceError) return dialogue.throw(error);
    throw error;
  }
  return dialogue.next(response);
}
