/** What the validator knows of past rides: the journal, what is read back from it after a start, and what the other doors tell. */
import { createSeenMedia, type SeenMedia } from './core/seen.ts';
import type { RowSealer } from './data-ports.ts';
import { createDigests } from './journal/digests.ts';
import { type Journal, openJournal } from './journal/journal.ts';
import {
  closeOldPurchases,
  guardJournal,
  type JournalGuard,
  restoreSeen,
  tellDamage,
  tellLostRows,
  tellWarnings,
} from './journal/journal-guard.ts';
import type { Keep } from './journal/retention.ts';
import type { Log } from './kit/log.ts';
import type { Closer } from './kit/process.ts';
import type { Clock } from './kit/time.ts';
import { createOtherDoors } from './other-doors/other-doors.ts';
import type { Parts } from './parts.ts';
import type { BusLink } from './ports.ts';
import { type CodeRides, createCodeRides } from './tap/code-rides.ts';

export interface RidesParts {
  readonly device: string;
  /** The journal's path. */
  readonly file: string;
  /** As the policy has them now, in seconds. */
  readonly limits: { repeatWindowS(): number; rideMaxS(): number };
  readonly busLink: BusLink | undefined;
  /** What the validators of this bus share; undefined where there is one alone. */
  readonly busKey: Uint8Array | undefined;
  /** Undefined where no back office's key is known. */
  readonly sealer: RowSealer | undefined;
  readonly keep?: Keep | undefined;
  readonly clock: Clock;
  /** The journal has never had a row. */
  readonly neverRode: () => void;
  readonly parts: Parts;
  readonly log: Log;
}

export interface Rides {
  readonly journal: JournalGuard;
  readonly seenMedia: SeenMedia;
  readonly codeRides: CodeRides;
  /** What memory and small tables know a token by, or a code's digest; both in hex. */
  readonly nameOf: (known: string) => string;
  /** In the order in which they were opened. */
  readonly closers: readonly Closer[];
}

export function openRides(about: RidesParts): Rides {
  const { device, file, limits, busLink, busKey, sealer, keep, clock, neverRode, parts, log } = about;
  const digests = createDigests(busKey);
  const { nameOf } = digests;
  const seenMedia = createSeenMedia(limits.repeatWindowS);
  const codeRides = createCodeRides(limits.rideMaxS, clock);
  const listeners = [
    restoreSeen(seenMedia, clock),
    codeRides.restore,
    tellLostRows(parts, log),
    tellDamage(parts, log),
    closeOldPurchases(clock),
  ];
  const onOpen = (opened: Journal) => {
    const { lastSeq, lost } = opened.count();
    if (lastSeq === 0 && lost === 0) neverRode();
    for (const listen of listeners) listen(opened);
  };
  const rideMs = () => limits.rideMaxS() * 1000;
  const options = { sealer, digests, rideMs, clock, ...(keep && { keep }) };
  const open = () => openJournal(file, device, options);
  const journal = guardJournal(open, parts.add('journal', 'journal'), clock, onOpen);
  const stopWarning = tellWarnings(journal, parts);
  const closers = [journal.close, stopWarning];
  if (busLink === undefined) return { journal, seenMedia, codeRides, nameOf, closers };
  const doors = createOtherDoors({ device, link: busLink, journal, codeRides, nameOf, clock, log });
  listeners.push(doors.restore);
  const { heard, opened } = doors;
  // Only who knows what the journal holds tells it to the others.
  busLink.open({ part: name => parts.add('bus-link', name), heard, opened });
  return {
    journal: doors.journal,
    seenMedia,
    codeRides: doors.codeRides,
    nameOf,
    closers: [...closers, busLink.close],
  };
}
