/** The interfaces the firmware owns of data: the links, the feed that brings them, the rows that go to the back office; types only. */
import type { LinkLookup } from './core/check.ts';
import type { MediumKind } from './core/medium.ts';
import type { CommandOutcome, OfficeCommand } from './core/office-commands.ts';
import type { DeviceError } from './kit/errors.ts';
import type { DoorState } from './ports.ts';

/** The health-code links on this bus; reads never throw. */
export interface LinkStore {
  /**
   * The medium's pseudonym: the first 8 bytes of HMAC-SHA-256(key, kind ‖ account), under the key of the data in use. Cache
   * and journal hold it instead of the account.
   */
  tokenOf(kind: MediumKind, account: string): Uint8Array;
  /** Its pseudonyms under the other keys that are held, as it was known before the last change of key. */
  otherTokensOf(kind: MediumKind, account: string): readonly Uint8Array[];
  find(token: Uint8Array): LinkLookup;
  /** What the cache holds, for console and log. */
  describe(): LinkStoreState;
  /**
   * Compares every row of what is in use with what the feed announced, a tenth of the time and beside the taps. What turns out damaged
   * is used no more. Rejects with Error where that cannot be done; undefined where nothing is in use, or no longer is.
   */
  verify(signal: AbortSignal): Promise<LinksVerified | undefined>;
  close(): void;
}

export interface LinksVerified {
  readonly generation: string;
  /** Undefined where it is whole. */
  readonly damage?: string;
}

export type LinkStoreState =
  | {
      readonly usable: true;
      /** The feed's version that the cache holds. */
      readonly version: number;
      readonly links: number;
      readonly slots: number;
      /** Media on the list of those that are not taken. */
      readonly denied: number;
      readonly keyId: string;
      /** Unix milliseconds */
      readonly linksAsOf: number;
      /** Unix milliseconds */
      readonly statusAsOf: number;
    }
  | { readonly usable: false; readonly why: string };

/** Until when the feed's signed metadata is good, by role; Unix milliseconds. */
export type SignatureExpiry = Readonly<Record<'root' | 'targets' | 'snapshot', number>>;

/** A version that the feed did not have yet when it was asked the time before. */
export interface NewlySigned {
  /** Unix milliseconds, by the publisher's clock. */
  readonly signedAt: number;
  /** It was signed within so long before now: since the feed, not a cache before it, was known not to have it. */
  readonly withinMs: number;
}

/** What one sync with the feed came to. */
export interface SyncOutcome {
  readonly version: number;
  readonly previousVersion: number | null;
  /** `none`: there was nothing new. */
  readonly how: string;
  readonly bytes: number;
  readonly links: number;
  readonly denied: number;
  /** The names of files beside the links that have changed. */
  readonly renewed: readonly string[];
  /** Why some of these files cannot be used; the ones before stay. */
  readonly unusable: readonly string[];
  readonly expiry: SignatureExpiry;
  /** Undefined if it is not known to be new. */
  readonly newlySigned?: NewlySigned | undefined;
}

/** What the syncing thread tells of new firmware. */
export type FirmwareNews =
  /** It is whole in the spare slot. */
  | {
      readonly kind: 'staged';
      readonly version: string;
      /** Of the archive. */
      readonly sha256: string;
      /** Which publication of the archive this is. */
      readonly attempt: number;
      readonly slot: 'a' | 'b';
    }
  /** What was staged is no more wanted. */
  | { readonly kind: 'withdrawn' }
  /** It is not taken, now or ever. */
  | { readonly kind: 'refused'; readonly version: string; readonly why: string }
  /** It has not come yet: the next round goes on. */
  | { readonly kind: 'delayed'; readonly version: string; readonly why: string };

export interface FeedClientEvents {
  firmware?(news: FirmwareNews): void;
  synced(outcome: SyncOutcome): void;
  /** @param kept the version that stays in use; null for none */
  refused(problem: DeviceError, kept: number | null): void;
  /** A generation of the link cache does not hold what it was given. */
  damaged(generation: string, why: string): void;
  /** A generation of the link cache holds all that it was given. */
  proved(generation: string): void;
  /** The client died; it is started again by itself. */
  fault(error: DeviceError): void;
}

/** Keeps the link cache, the policy and the lines up to date from the feed. */
export interface FeedClient {
  /** Asks the feed at once, not only when it is due. */
  syncNow(): void;
  /** Takes away and replaces a generation that somebody has found damaged. */
  replace(generation: string): void;
  close(): Promise<void>;
}

/** Where a row of a journal stands. */
export interface RowPlace {
  readonly device: string;
  /** Of the journal, among those that the device has begun. */
  readonly epoch: number;
  readonly seq: number;
}

/** Seals rows for the back office, at once, and so that nobody else can open them: not the validator itself either. */
export interface RowSealer {
  /** Names the back office's key, 8 bytes. */
  readonly keyId: Uint8Array;
  /** @throws Error where so many were sealed in one go that no key is ready for another one */
  seal(row: Uint8Array, place: RowPlace): Uint8Array;
}

export interface SealedRow {
  readonly seq: number;
  /** Names the back office's key, 16 hex digits. */
  readonly keyId: string;
  readonly sealed: Uint8Array;
}

/** What a validator says of itself to the back office. */
export interface UplinkFacts {
  /** Of the journal; another one where it had to be begun anew. */
  readonly epoch: number;
  /** Of the journal. */
  readonly lastSeq: number;
  /** Whether passengers can use all of it. */
  readonly ready: boolean;
  /** What is wrong, in a few words, and whole, each part with its alarm's code at the head; '' for nothing. */
  readonly terse: string;
  readonly verbose: string;
  /** The parts that do not work. */
  readonly faults: readonly string[];
  readonly feedVersion: number | null;
  /** Of the health codes, Unix milliseconds. */
  readonly statusAsOf: number | null;
  /** Of the links, Unix milliseconds. */
  readonly linksAsOf: number | null;
  /** Why health codes cannot be checked; null where they can. */
  readonly dataProblem: string | null;
  /** The stop's identifier; null where the bus is at none, and where nobody knows. */
  readonly stop: string | null;
  readonly doors: DoorState | null;
}

/** How far the rows have come. */
export interface UplinkProgress {
  /** All rows of the journal up to it have been acknowledged, or refused. */
  readonly acknowledged: number;
  /** How many the back office will not take, the last of them, and the newest thousand, in the order of seq. */
  readonly refused: { readonly rows: number; readonly last: number; readonly newest: readonly number[] };
}

export interface UplinkClientEvents {
  /** Rows after `seq` are to be given when there are any. */
  wanted(seq: number, limit: number): void;
  progress(progress: UplinkProgress): void;
  /** A message of the back office has come. */
  answered(): void;
  /** There is no connection, or no answer. */
  failed(problem: DeviceError): void;
  /** The back office says which version the feed has. */
  feedVersion(version: number): void;
  /** The back office has something done, which is to be answered. @param id names it in the answer */
  command(id: string, name: OfficeCommand): void;
  /** The client died; it is started again by itself. */
  fault(error: DeviceError): void;
}

/** Sends the journal's rows to the back office. */
export interface UplinkClient {
  /** To be called at the start, and at each change. */
  tell(facts: UplinkFacts): void;
  /** Answers `wanted`, in the order of seq. */
  give(rows: readonly SealedRow[]): void;
  /** Answers `command`. */
  answer(id: string, outcome: CommandOutcome): void;
  close(): Promise<void>;
}
