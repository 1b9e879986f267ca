/** Keeps the journal usable: opens it, notices when it cannot be written, and then tries again until it can. */
import { toHex } from '../core/bytes.ts';
import { codeMemoryMs, type SeenMedia } from '../core/seen.ts';
import { DeviceError, messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { type Clock, everySecond } from '../kit/time.ts';
import type { Parts } from '../parts.ts';
import type { DeviceEvents } from '../ports.ts';
import type { Journal } from './journal.ts';
import type { JournalEntry, PurchaseConclusion } from './journal-row.ts';
import type { OpenPurchase } from './purchases.ts';

export interface JournalGuard {
  /** The journal, while it takes rows. */
  current(): Journal | undefined;
  /** @returns the row's number; undefined if nothing was written: then no ride may be taken */
  append(entry: JournalEntry): number | undefined;
  /** @returns the row's number; undefined if nothing was written: the purchase is still open */
  conclude(conclusion: PurchaseConclusion): number | undefined;
  /** Purchases of this medium that are not settled; none while the journal cannot be read. */
  openPurchases(token: Uint8Array): OpenPurchase[];
  /** Writes and fsyncs something that is no tap, as a tap would: it waits for the disk. @returns whether the disk has it */
  probe(): boolean;
  close(): Promise<void>;
}

/** A slow disk may take seconds for a write; one that takes longer is as good as gone. */
const hangingMs = 10_000;

/** @param onOpen called with the journal each time it has been opened */
export function guardJournal(
  open: () => Journal,
  events: DeviceEvents,
  clock: Clock,
  onOpen: (journal: Journal) => void,
): JournalGuard {
  let journal: Journal | undefined;
  let working = false;
  let isClosed = false;
  let checking: { readonly done: Promise<void>; readonly since: number } | undefined;

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
  }

  function whileWorking<T>(use: (open: Journal) => T): T | undefined {
    if (!working || journal === undefined) return undefined;
    try {
      return use(journal);
    } catch (error) {
      fail(error);
      return undefined;
    }
  }

  /** The journal is in use only after `onOpen` has read what it remembers. */
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

  /** Finds a disk that is full, read-only or gone, and a lock, without waiting for a tap. */
  async function check(): Promise<void> {
    try {
      await journal?.check();
      if (!working && !isClosed) attempt();
    } catch (error) {
      if (!isClosed) fail(error);
    }
  }

  function checkUnlessChecking(): void {
    if (checking === undefined) {
      const since = performance.now();
      const done = check().then(() => {
        checking = undefined;
      });
      checking = { done, since };
    } else if (performance.now() - checking.since > hangingMs) {
      fail(new Error('the disk does not answer'));
    }
  }

  attempt();
  const stopPolling = everySecond(checkUnlessChecking);
  return {
    current: () => (working ? journal : undefined),
    append: entry => whileWorking(open => open.append(entry)),
    conclude: conclusion => whileWorking(open => open.conclude(conclusion)),
    openPurchases: token => whileWorking(open => open.openPurchases(token)) ?? [],
    probe: () => whileWorking(open => open.probe(clock()) ?? true) ?? false,
    async close() {
      stopPolling();
      isClosed = true;
      working = false;
      await checking?.done;
      journal?.close();
      journal = undefined;
    },
  };
}

/** For `onOpen`: crew and technician see until the next start that rides are missing. */
export function tellLostRows(parts: Pick<Parts, 'add'>, log: Log): (journal: Journal) => void {
  return ({ lost, unwitnessed }) => {
    if (unwitnessed) log.warn('journal-without-witness');
    if (lost === undefined) return;
    log.error('journal-rows-lost', { ...lost });
    const problem = `rows ${lost.first} to ${lost.last} are lost`;
    parts.add('journal-rows', 'journal').fault(new DeviceError('storage', 'journal', problem));
  };
}

/** What will hinder rides before long is told while they still go on. @returns ends the watching */
export function tellWarnings(guard: Pick<JournalGuard, 'current'>, parts: Pick<Parts, 'add'>): () => void {
  let part: DeviceEvents | undefined;
  return everySecond(() => {
    const journal = guard.current();
    if (journal === undefined) return;
    const { warning } = journal;
    if (warning === undefined) part?.ready();
    else {
      part ??= parts.add('journal-space', 'journal');
      part.fault(new DeviceError('storage', 'journal', warning));
    }
  });
}

/** For `onOpen`: the media of recent rides are known again after a restart. */
export function restoreSeen(seen: SeenMedia, clock: Clock): (journal: Journal) => void {
  return journal => {
    for (const { medium, code, at } of journal.ridesSince(clock() - codeMemoryMs)) {
      seen.remember({ token: toHex(medium), codeDigest: code && toHex(code), at });
    }
  };
}

/** So many ends at one start that the start does not wait for them. */
const mostClosed = 100;
/** Who has not come back by then will not: the back office finds out by the card's counter. */
const openForMs = 30 * 86_400_000;

/** For `onOpen`: crew and technician see until the next start that a journal is missing. */
export function tellDamage(parts: Pick<Parts, 'add'>, log: Log): (journal: Journal) => void {
  return ({ damaged, epoch }) => {
    if (damaged === undefined) return;
    const { file, why, lastSeq, removed } = damaged;
    log.error('journal-damaged', { file, why, lastSeq, epoch });
    if (removed.length > 0) log.error('journal-set-aside-removed', { files: removed });
    const gone =
      removed.length > 0 ? `, and the oldest of those before are removed: ${removed.join(', ')}` : '';
    const problem = `the journal was damaged (${why}): its rows up to ${lastSeq} are in ${file}${gone}`;
    parts.add('journal-rows', 'journal').fault(new DeviceError('storage', 'journal', problem));
  };
}

/** For `onOpen`: purchases that nobody can settle here any more do not stay for ever. */
export function closeOldPurchases(clock: Clock): (journal: Journal) => void {
  return journal => {
    const at = clock();
    const old = journal.allOpenPurchases().filter(begun => begun.at < at - openForMs);
    for (const { row } of old.slice(0, mostClosed)) journal.conclude({ at, row, outcome: 'unknown' });
  };
}
