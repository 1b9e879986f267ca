/** Keeps the journal usable: opens it, notices when it cannot be written, and tries it until it can. */
import { toHex } from './core/bytes.ts';
import { codeMemoryMs, type SeenMedia } from './core/seen.ts';
import { DeviceError, messageOf } from './errors.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { Clock, DeviceEvents } from './ports.ts';

export interface JournalGuard {
  /** The journal, while it takes rows. */
  current(): Journal | undefined;
  /** @returns the row's number, or undefined: nothing was written and no ride may be taken */
  append(entry: JournalEntry): number | undefined;
  close(): void;
}

const retryMs = 1000;
const lookMs = 1000;

/** @param onOpen called with the journal each time it has been opened */
export function guardJournal(
  open: () => Journal,
  events: DeviceEvents,
  clock: Clock,
  onOpen: (journal: Journal) => void,
): JournalGuard {
  let journal: Journal | undefined;
  let working = false;
  let retry: NodeJS.Timeout | undefined;

  function attempt(): void {
    try {
      journal ??= openWhole();
      journal.probe(clock());
      working = true;
      events.ready();
    } catch (error) {
      fail(error);
    }
  }

  function fail(error: unknown): void {
    working = false;
    const fault =
      error instanceof DeviceError ? error : new DeviceError('storage', 'journal', messageOf(error), error);
    events.fault(fault);
    clearTimeout(retry);
    retry = setTimeout(attempt, retryMs);
  }

  /** In use only once what it remembers has been taken over. */
  function openWhole(): Journal {
    const opened = open();
    try {
      onOpen(opened);
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /** A disk that is full or gone is found out without a tap; only a write tells for certain. */
  function look(): void {
    if (!working) return;
    try {
      journal?.look();
    } catch {
      attempt();
    }
  }

  attempt();
  const looking = setInterval(look, lookMs);
  return {
    current: () => (working ? journal : undefined),
    append(entry) {
      if (!working || journal === undefined) return undefined;
      try {
        return journal.append(entry);
      } catch (error) {
        fail(error);
        return undefined;
      }
    },
    close() {
      clearTimeout(retry);
      clearInterval(looking);
      working = false;
      journal?.close();
      journal = undefined;
    },
  };
}

/** For `onOpen`: after a restart the same media are known again. */
export function restoreSeen(seen: SeenMedia, clock: Clock): (journal: Journal) => void {
  return journal => {
    for (const { token, codeDigest, at } of journal.ridesSince(clock() - codeMemoryMs)) {
      seen.remember({ token: toHex(token), codeDigest: codeDigest && toHex(codeDigest), at });
    }
  };
}
