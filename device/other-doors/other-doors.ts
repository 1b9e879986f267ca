/**
 * What the validators of one bus tell each other: purchases of which nobody knows how they ended, so that a card that was torn at one
 * door pays no second time at another, and the rides of ride codes, so that a code gets off at any door.
 *
 * Each tells what it knows when a way opens, and then what happens. Nothing is waited for: while a way is down, a validator knows
 * what its own door has seen, and what it heard before.
 */
import { fromHex, toHex } from '../core/bytes.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalGuard } from '../journal/journal-guard.ts';
import type { JournalEntry, PurchaseConclusion } from '../journal/journal-row.ts';
import type { OpenPurchase } from '../journal/purchases.ts';
import type { Log } from '../kit/log.ts';
import { createRepetitionFilter } from '../kit/repetition-filter.ts';
import type { Clock } from '../kit/time.ts';
import type { BusLink } from '../ports.ts';
import type { CodeRides, CodeTap } from '../tap/code-rides.ts';
import { type DoorMessage, readMessage, writeMessage } from './messages.ts';

/** A purchase without the token of its card. */
type Begun = Extract<DoorMessage, { is: 'begun' }>;

/** More than a door can leave open in a day of torn taps. */
const maxOpenOfADoor = 1000;

export interface OtherDoorsParts {
  /** This validator's name in the fleet. */
  readonly device: string;
  readonly link: Pick<BusLink, 'tell'>;
  readonly journal: JournalGuard;
  readonly codeRides: CodeRides;
  /** What the doors of this bus know a medium by. */
  readonly nameOf: (token: string) => string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OtherDoors {
  /** The journal, of which the others hear; it knows their open purchases too. */
  readonly journal: JournalGuard;
  /** The ride codes, of which the others hear. */
  readonly codeRides: CodeRides;
  /** For the bus link. */
  heard(device: string, line: string): void;
  /** For the bus link. @returns what another is told first */
  opened(): string[];
  /** For the journal's `onOpen`. */
  restore(journal: Pick<Journal, 'allOpenPurchases'>): void;
}

export function createOtherDoors(parts: OtherDoorsParts): OtherDoors {
  const { device: ownName, link, journal, codeRides, nameOf, clock, log } = parts;
  const junk = createRepetitionFilter();
  const own = new Map<number, Begun>();
  const theirs = new Map<string, Map<number, Begun>>();
  const tell = (message: DoorMessage) => link.tell(writeMessage(message));

  function begin(message: Begun): void {
    own.set(message.row, message);
    tell(message);
  }

  /** How it ended need not be told to anybody who knows it from us. */
  function end(row: number): void {
    if (own.delete(row)) tell({ is: 'ended', row });
  }

  function ofDoors(token: Uint8Array): OpenPurchase[] {
    const wanted = nameOf(toHex(token));
    return [...theirs].flatMap(([door, open]) =>
      [...open.values()]
        .filter(begun => begun.token === wanted)
        .map(({ row, at, type, sequence, terminal }) => ({ row, at, type, sequence, terminal, door })),
    );
  }

  function settleAt(door: string, { row, outcome, tac, medium }: PurchaseConclusion): number | undefined {
    const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? null : toHex(bytes));
    const card = { token: hex(medium?.token), kind: medium?.kind ?? null };
    if (theirs.get(door)?.delete(row))
      tell({ is: 'settled', of: door, row, outcome, tac: hex(tac), ...card });
    return row;
  }

  /** What another door has found out of a purchase that was begun here. */
  function conclude({ row, outcome, ...card }: Extract<DoorMessage, { is: 'settled' }>): void {
    if (!own.has(row)) return;
    const [tac, token] = [card.tac, card.token].map(hex => (hex === null ? undefined : fromHex(hex)));
    const medium = token && card.kind ? { token, kind: card.kind } : undefined;
    if (journal.conclude({ at: clock(), row, outcome, tac, medium }) === undefined) return;
    log.info('purchase-settled', { row, outcome, by: 'other door' });
    end(row);
  }

  function openOf(device: string): Map<number, Begun> {
    const open = theirs.get(device) ?? new Map<number, Begun>();
    theirs.set(device, open);
    return open;
  }

  function hear(device: string, message: DoorMessage): void {
    switch (message.is) {
      case 'hello':
        theirs.delete(device);
        break;
      case 'begun':
        if (openOf(device).size < maxOpenOfADoor) openOf(device).set(message.row, message);
        break;
      case 'ended':
        theirs.get(device)?.delete(message.row);
        break;
      case 'settled':
        conclude(message);
        break;
      case 'ride':
        codeRides.hear({ ...message, stop: message.stop ?? undefined });
        break;
    }
  }

  const restore: OtherDoors['restore'] = opened => {
    own.clear();
    for (const { medium, row, at, type, sequence, terminal } of opened.allOpenPurchases())
      own.set(row, { is: 'begun', row, token: toHex(medium), at, type, sequence, terminal });
  };
  const current = journal.current();
  if (current !== undefined) restore(current);

  return {
    journal: {
      ...journal,
      append(entry) {
        const row = journal.append(entry);
        const begun = row === undefined ? undefined : begunBy(entry, row, nameOf);
        if (begun !== undefined) begin(begun);
        return row;
      },
      conclude(conclusion) {
        if (conclusion.door !== undefined) return settleAt(conclusion.door, conclusion);
        const row = journal.conclude(conclusion);
        if (row !== undefined) end(conclusion.row);
        return row;
      },
      openPurchases: token => [...journal.openPurchases(token), ...ofDoors(token)],
    },
    codeRides: {
      ...codeRides,
      note(tap) {
        codeRides.note(tap);
        for (const message of rideOf(tap)) tell(message);
      },
    },
    heard(device, line) {
      const message = readMessage(line);
      if (message === undefined) {
        if (junk.isNews(device)) log.warn('bus-link-not-understood', { device });
      } else if (message.is !== 'settled' || message.of === ownName) hear(device, message);
    },
    opened: () =>
      [{ is: 'hello' } as const, ...own.values(), ...codeRides.newest().flatMap(rideOf)].map(writeMessage),
    restore,
  };
}

function begunBy(
  { at, token, purchase }: JournalEntry,
  row: number,
  nameOf: OtherDoorsParts['nameOf'],
): Begun | undefined {
  if (purchase === undefined || token === undefined) return undefined;
  const { type, sequence, terminal } = purchase;
  return { is: 'begun', row, token: nameOf(toHex(token)), at, type, sequence, terminal };
}

/** What is paid at boarding is of no account at another door. */
function rideOf({ tokens, step, at, stop }: CodeTap): DoorMessage[] {
  return step === 'single' ? [] : [{ is: 'ride', tokens: [...tokens], step, at, stop: stop ?? null }];
}
