/**
 * The journal: every tap, durable before its notice is shown, in SQLite.
 *
 * WAL with synchronous=FULL: a commit returns after the row is fsynced. Numbers have no gaps: a failed insert takes none. A witness
 * beside it knows the last number: if the journal has lost rows, that is told, and their numbers are not given again. Rows hold
 * the medium's token, never its account, and are sealed for the back office where its key is known.
 */
import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import type { RowSealer, SealedRow } from '../data-ports.ts';
import { DeviceError, messageOf } from '../kit/errors.ts';
import type { Clock } from '../kit/time.ts';
import { createDigests, type Digests } from './digests.ts';
import { endRow, type JournalEntry, type PurchaseConclusion, tapRow } from './journal-row.ts';
import { type JournalRow, readTaps, rememberTaps } from './newest-taps.ts';
import { openFiles } from './open-files.ts';
import { type KeptPurchase, type OpenPurchase, openPurchases } from './purchases.ts';
import { type CodeRide, openRecent, type PastRide } from './recent.ts';
import type { Keep } from './retention.ts';
import type { JournalColumns } from './row-text.ts';
import { openSealedRows } from './sealed-rows.ts';
import type { SetAside } from './set-aside.ts';
import { createUpkeep } from './upkeep.ts';

export interface JournalOptions {
  /** Undefined where no back office's key is known: then rows are plain. */
  readonly sealer?: RowSealer | undefined;
  /** How media are known in the small tables. */
  readonly digests?: Digests;
  readonly keep?: Keep;
  /** No ride is longer, as the policy has it now. */
  readonly rideMs?: () => number;
  /** Unix milliseconds */
  readonly clock?: Clock;
}

export interface JournalCount {
  /** Taps; the ends of purchases are not counted. */
  readonly rows: number;
  /** Purchases of which nobody knows yet how they ended. */
  readonly openPurchases: number;
  readonly lastSeq: number;
  /** Rows that were lost, since the first. */
  readonly lost: number;
}

export interface Journal {
  readonly device: string;
  /** Names this journal among those that the device has begun. */
  readonly epoch: number;
  /** Whether the validator itself cannot read its rows. */
  readonly isSealed: boolean;
  /** @returns the row's number. @throws DeviceError storage: nothing was written, no number used */
  append(entry: JournalEntry): number;
  /** Says how a purchase ended. @returns the row's number. @throws DeviceError storage: it is still open */
  conclude(conclusion: PurchaseConclusion): number;
  /** Purchases of this medium that are not settled, oldest first. @throws DeviceError storage */
  openPurchases(token: Uint8Array): OpenPurchase[];
  /** Of all media, oldest first. @throws DeviceError storage */
  allOpenPurchases(): KeptPurchase[];
  /** Of ride codes that are open, begun since then, oldest first. @param since Unix milliseconds */
  codeRidesSince(since: number): CodeRide[];
  /** Rides taken since then, oldest first; those of the last minutes are known. @param since Unix milliseconds */
  ridesSince(since: number): PastRide[];
  /** Sealed, in the order of seq; none where there is no key to seal them for. */
  rowsAfter(seq: number, limit: number): SealedRow[];
  /** Days since 1970-01-01 UTC on which the row was written; undefined if there is none. @throws DeviceError storage */
  dayOf(seq: number): number | undefined;
  /** All rows up to it are with the back office, but for those that it refuses: in their time they are deleted. */
  acknowledge(seq: number, refused: readonly number[]): void;
  /** The last number that was given. */
  readonly lastSeq: number;
  /** Newest first; where rows are sealed, those since the start. */
  newest(limit: number): JournalRow[];
  count(): JournalCount;
  /** The numbers of rows that were there when the journal was last open, and are no more. */
  readonly lost: { readonly first: number; readonly last: number } | undefined;
  /** The journal that was there could not be used, and this one was begun. */
  readonly damaged: SetAside | undefined;
  /** Nothing could tell whether rows were lost: the journal had rows, and its witness was missing or damaged. */
  readonly unwitnessed: boolean;
  /** What will hinder rides before long; undefined for nothing. */
  readonly warning: string | undefined;
  /**
   * Writes something that is no row, and gives room back. Rejects with DeviceError storage when a row could not be written: the
   * disk is full, read-only or gone, or somebody has locked the journal. Neither this nor `close` is to be called before it settles.
   */
  check(): Promise<void>;
  /** Writes and fsyncs something that is no tap. @throws DeviceError storage while the disk does not take it */
  probe(now: number): void;
  close(): void;
}

const usualKeep: Keep = { days: 7, bytes: 256 * 1024 * 1024 };

/** @throws DeviceError storage, also for another device's or a newer firmware's: these are never replaced */
export function openJournal(path: string, device: string, options: JournalOptions = {}): Journal {
  const { sealer, digests = createDigests(), keep = usualKeep } = options;
  const { rideMs = () => 0, clock = Date.now } = options;
  const remembered = { now: clock(), rideMs: rideMs() };
  const opened = storage('open', () => openFiles(path, { device, digests, remembered }));
  const { db, witness, epoch, lastSeq, lost, damaged } = opened;
  const checkFiles = watchFiles(path);
  const lostBefore = witness.known?.lost ?? 0;
  const lostInAll = lostBefore + (lost === undefined ? 0 : lost.last - lost.first + 1);
  let { newestSeq } = opened;
  const noteNewest = () => witness.note({ epoch, lastSeq: newestSeq, lost: lostInAll });
  const rows = openSealedRows(db, { device, epoch }, sealer);
  const purchases = openPurchases(db, digests);
  const recent = openRecent(db, digests);
  const taps = sealer === undefined ? readTaps(db) : rememberTaps();
  const upkeep = createUpkeep({ db, path, keep, rows, recent, clock, rideMs, lastSeq: () => newestSeq });
  const count = db.prepare<[], { rows: number }>(
    `SELECT ${lostInAll > 0 ? 'count(*)' : 'coalesce(max(seq) - min(seq) + 1, 0)'}
         - (SELECT count(*) FROM row WHERE is_tap = 0) AS rows FROM row`,
  );
  const probe = db.prepare<[number]>('UPDATE owner SET probed_at = ?');

  /** The row is on the disk: what hinders the note hinders no ride, and `check` finds it. */
  function noteIfPossible(): void {
    try {
      noteNewest();
    } catch {}
  }

  const inOne = db.transaction((row: Parameters<typeof rows.insert>[0], beside: (seq: number) => void) => {
    rows.insert(row);
    beside(row.seq);
  });

  /** @param beside what else is in the row's transaction */
  function write(columns: JournalColumns, beside: (seq: number) => void): number {
    return storage('append', () => {
      checkFiles();
      upkeep.refuseIfFull();
      const row = rows.make(newestSeq + 1, columns);
      inOne(row, beside);
      rows.follow(row);
      taps.note(row.seq, columns);
      newestSeq = row.seq;
      upkeep.written();
      noteIfPossible();
      return newestSeq;
    });
  }

  noteIfPossible();
  return {
    device,
    epoch,
    isSealed: sealer !== undefined,
    lost,
    damaged,
    unwitnessed: witness.known === undefined && lastSeq > 0,
    append: entry => write(tapRow(entry), seq => noteTap(seq, entry)),
    conclude: conclusion =>
      write(endRow(conclusion), seq => {
        const { row, outcome, at } = conclusion;
        const medium = purchases.settle(row);
        if (medium === undefined) throw new Error(`there is no row ${row} to conclude`);
        if (outcome === 'paid') recent.notePaid(seq, at, medium);
      }),
    openPurchases: token => storage('read', () => purchases.of(token)),
    allOpenPurchases: () => storage('read', purchases.all),
    codeRidesSince: since => storage('read', () => recent.codeRidesSince(since)),
    ridesSince: since => storage('read', () => recent.ridesSince(since)),
    rowsAfter: (seq, limit) => storage('read', () => rows.after(seq, limit)),
    dayOf: seq => storage('read', () => rows.dayOf(seq)),
    acknowledge: upkeep.acknowledge,
    get lastSeq() {
      return newestSeq;
    },
    newest: limit => storage('read', () => taps.list(limit)),
    count: () =>
      storage('read', () => ({
        ...{ rows: count.get()?.rows ?? 0, openPurchases: purchases.count },
        ...{ lastSeq: newestSeq, lost: lostInAll },
      })),
    get warning() {
      return upkeep.warning();
    },
    async check() {
      try {
        checkFiles();
        // A file system made read-only by hand takes writes to open files for a while, and loses them.
        accessSync(path, constants.W_OK);
        if (statfsSync(path).bavail === 0) throw new Error('the disk is full');
        await witness.check();
        db.exec('BEGIN IMMEDIATE; ROLLBACK');
        upkeep.tidy();
        upkeep.refuseIfFull();
      } catch (error) {
        throw storageError('check', error);
      }
    },
    probe: now =>
      storage('probe', () => {
        checkFiles();
        probe.run(now);
        noteNewest();
      }),
    close() {
      db.close();
      witness.close();
    },
  };

  function noteTap(
    seq: number,
    { at, kind, token, codeDigest, stop, decision, purchase }: JournalEntry,
  ): void {
    if (token === undefined) return;
    if (purchase !== undefined) purchases.note(seq, at, token, purchase);
    else if (decision.fareTaken) {
      const step = decision.ride?.step;
      const codeStep = kind === 'ride-code' && (step === 'on' || step === 'off') ? step : undefined;
      recent.note(seq, { at, token, codeDigest, codeStep, stop });
    }
  }
}

/** A database whose file was removed while it is open still takes rows, but nobody will ever read them. */
function watchFiles(path: string): () => void {
  const files = [path, `${path}-wal`];
  const identities = () =>
    files.map(file => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found && `${found.dev}:${found.ino}`;
    });
  const opened = identities();
  return () => {
    if (identities().some((identity, i) => identity !== opened[i])) {
      throw new Error('the file was removed or replaced');
    }
  };
}

function storage<T>(action: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw storageError(action, error);
  }
}

function storageError(action: string, error: unknown): DeviceError {
  return new DeviceError('storage', 'journal', `journal ${action}: ${messageOf(error)}`, error);
}
