/** What a card tells of its past, as data: the ride that is open, what it has paid and loaded last. No terminal is in it. */
import type { MediumKind } from '../../device/core/medium.ts';
import { converse } from '../../device/core/transit-card/exchange.ts';
import type { LogEntry } from '../../device/core/transit-card/log.ts';
import { readPast } from '../../device/core/transit-card/past.ts';
import type { OpenRide } from '../../device/core/transit-card/ride-record.ts';
import { talkTo, type VirtualCard } from './virtual-card.ts';

/** Times are ISO 8601; null is what the card does not say. */
export interface CardTells {
  readonly ride:
    | (Omit<OpenRide, 'city' | 'line' | 'at'> & {
        readonly city: string | null;
        readonly line: string | null;
        readonly at: string | null;
      })
    | null;
  /** The newest first. */
  readonly log: readonly (Omit<LogEntry, 'at'> & { readonly at: string | null })[];
}

/** A card that breaks off tells nothing. @param medium what it was read as, just before */
export function whatTells(card: VirtualCard, medium: MediumKind): CardTells {
  const past = talkTo(card, converse(readPast(medium)));
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
