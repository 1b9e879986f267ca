/**
 * What the back office asks of its store, types only; small enough for PostgreSQL to stand behind it. Each call is one
 * transaction, and what it wrote is on the disk when it resolves. A function that a call takes runs within the transaction, so
 * it must be pure and quick.
 */
import type { Status } from '../../../device/core/check.ts';
import type { MediumKind } from '../../../device/core/medium.ts';
import type { PeopleColumns } from '../../../sync/publisher/table/people-columns.ts';
import type { Basis, CodeRequest, Verification, Visitor } from '../registration/registration.ts';
import type { Identity } from './vault.ts';

export interface Medium {
  readonly kind: MediumKind;
  readonly account: string;
}

export interface Store {
  readonly codes: CodeStore;
  readonly people: PeopleStore;
  readonly health: HealthStore;
  /** Forgets what is due, see `retention.ts`. */
  tidy(now: number): Promise<void>;
  close(): Promise<void>;
}

/** What the limits are counted by. */
export interface RecentCodes {
  /** Codes to the phone within a day, newest first, those shared without a message too. */
  readonly toPhone: readonly {
    readonly at: number;
    readonly wasEntered: boolean;
    readonly wasShared: boolean;
    readonly forSamePurpose: boolean;
    readonly fromSession: boolean;
    /** Whether it is from the same address, network, area, see `networksOf`. */
    readonly samePlace: readonly [boolean, boolean, boolean];
  }[];
  /** What has been asked for from the address, its network and its area. */
  readonly traffic: readonly [address: Traffic, network: Traffic, area: Traffic];
  /** When the code that the phone has for this purpose was first sent; undefined where it has none, or it was entered. */
  readonly sharedAt: number | undefined;
}

/** Messages within the hour. */
export interface Traffic {
  readonly sent: number;
  /** Those whose code was entered. */
  readonly entered: number;
  readonly lastAt: number;
}

export interface NewCode {
  /** Used where the phone has none to share. */
  readonly code: string;
  readonly request: CodeRequest;
  readonly now: number;
  /** Who only shares begins with so many wrong tries. */
  readonly wrongTriesOfSharers: number;
}

/** `shares`: the code that the phone has already. */
export interface CodeDecision {
  readonly sends: boolean;
  readonly shares: boolean;
}

/** `code` is to be sent; nothing is where the session only shares the code that the phone has. */
export type AddedCode = { readonly sends: true; readonly code: string } | { readonly sends: false };

export interface PendingCode {
  readonly sentAt: number;
  readonly wrongTries: number;
  /** Compares in constant time. */
  matches(code: string): boolean;
}

export interface CodeStore {
  /**
   * Stores a code in place of the session's older one, unless it is refused. Forgets what the session had verified.
   * @param decide refuses with a reason of its own
   */
  add<R extends { readonly sent: false }>(
    visitor: Visitor,
    code: NewCode,
    decide: (recent: RecentCodes) => CodeDecision | R,
  ): Promise<AddedCode | R>;
  /** The code could not be sent: it is as if it had not been asked for. */
  takeBack(visitor: Visitor): Promise<void>;
  /**
   * The session's code is used up by the right entry, for all who share it; by the last wrong one, and by `no-code`.
   * @param next once verified: the session that may act, and has sent the codes that the visitor's session sent to that phone
   */
  verify(
    visitor: Visitor,
    next: { readonly session: string; readonly now: number; readonly until: number },
    judge: (code: PendingCode | undefined) => Verification,
  ): Promise<Verification>;
  /** @returns for whom the session may act */
  verified(visitor: Visitor, now: number): Promise<CodeRequest | undefined>;
  forget(visitor: Visitor): Promise<void>;
}

export interface Consent {
  readonly at: number;
  readonly textVersion: string;
  readonly basis: Basis;
}

export interface RegisteredPerson {
  readonly links: readonly Medium[];
  /** The newest that is not withdrawn. */
  readonly consent: Consent | undefined;
  /** As it is to be published; `at` is 0 before the first answer. */
  readonly health: { readonly status: Status; readonly at: number };
}

export interface Counts {
  readonly persons: number;
  readonly links: number;
  readonly byStatus: Readonly<Record<Status, number>>;
  /** Persons who are not as published. */
  readonly unpublished: number;
}

export interface PeopleStore {
  find(who: Identity): Promise<RegisteredPerson | undefined>;
  /** @returns the person who has linked this medium */
  ownerOf(medium: Medium): Promise<Identity | undefined>;
  /** Links these media to the person, and records the consent. Media linked before stay linked. */
  register(who: Identity, media: readonly Medium[], consent: Consent): Promise<void>;
  /** Erases the person, except for what the law requires to be kept. @returns false where there is none */
  withdraw(who: Identity, now: number): Promise<boolean>;
  /** The media belong to somebody else now. @returns how many were linked */
  release(media: readonly Medium[], now: number): Promise<number>;
  counts(): Promise<Counts>;
}

/** A registered person whose health code is to be asked for. */
export interface PersonToAsk extends Identity {
  readonly id: number;
  readonly status: Status;
  /** The moment that the last good answer speaks of; 0 before the first answer. */
  readonly answerAt: number;
}

/** What asking for one person gave. */
export interface Settled {
  readonly id: number;
  /** Undefined where there was no good answer: then the last one stays, for as long as it may. */
  readonly answer: { readonly status: Status; readonly at: number } | undefined;
}

/** What the publisher takes from the store, for one publication at a time. */
export interface PublishQueue {
  /**
   * Call this first: the feed's version tells whether what was taken for it has been published.
   * @returns whether the feed is as this store knows it; otherwise everything has to be published
   */
  settle(feedVersion: number): boolean;
  /** @returns undefined where more than `maxPersons` have changed: then everything is to be published */
  takeChanges(
    version: number,
    maxPersons: number,
  ): { readonly removed: PeopleColumns; readonly added: PeopleColumns } | undefined;
  takeAll(version: number): PeopleColumns;
  /** When the health-code source last answered; 0 for never. */
  sourceAnsweredAt(): number;
  close(): void;
}

export interface Due {
  readonly people: readonly PersonToAsk[];
  /** Persons who cannot be asked for because their stored names are damaged. They are put off as if they had been asked for. */
  readonly unreadable: number;
}

export interface HealthStore {
  /** Persons who were last asked for no later than that, the longest ago first. */
  due(askedBefore: number, limit: number, now: number): Promise<Due>;
  /** One registered person. */
  one(who: Identity): Promise<PersonToAsk | undefined>;
  /**
   * An answer older than the stored one is passed over. One of the same moment that disagrees makes the status unknown.
   * @returns how many statuses have changed
   */
  settle(settled: readonly Settled[], askedAt: number): Promise<number>;
  /**
   * Makes statuses unknown whose last good answer is older than that, or of the future. Who was asked for in the future is
   * due again.
   * @returns how many
   */
  expire(answerBefore: number, limit: number, now: number): Promise<number>;
  /** When the source last answered at all; 0 for never. */
  sourceAnsweredAt(): Promise<number>;
  sourceAnswered(at: number): Promise<void>;
}
