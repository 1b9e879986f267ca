/**
 * What the back office asks of its store, types only: small enough for PostgreSQL to stand behind it. Each call is one
 * transaction, and what it wrote is on the disk when it resolves. Where it takes a function, that decides within the
 * transaction: it must be pure and quick.
 */
import type { Status } from '../../../device/core/check.ts';
import type { MediumKind } from '../../../device/core/medium.ts';
import type { PeopleColumns } from '../publisher/people-columns.ts';
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
  /** What is due to be forgotten, see `retention.ts`. */
  tidy(now: number): Promise<void>;
  close(): Promise<void>;
}

/** What was sent lately: to the phone in a day, from the address in an hour and never entered. Newest first. */
export interface RecentCodes {
  readonly toPhone: readonly {
    readonly at: number;
    readonly wasEntered: boolean;
    readonly fromSession: boolean;
    readonly fromAddress: boolean;
  }[];
  readonly fromAddress: readonly number[];
}

export interface NewCode {
  readonly code: string;
  readonly request: CodeRequest;
  readonly now: number;
}

export interface PendingCode {
  readonly sentAt: number;
  readonly wrongTries: number;
  /** Constant-time. */
  matches(code: string): boolean;
}

export interface CodeStore {
  /**
   * Stores a code in place of the session's older one, unless it is refused. What the session had verified is forgotten.
   * @param refuse gives the reason; undefined for none
   */
  add<R>(
    visitor: Visitor,
    code: NewCode,
    refuse: (recent: RecentCodes) => R | undefined,
  ): Promise<R | undefined>;
  /** It could not be sent: as if it had not been asked for. */
  takeBack(visitor: Visitor): Promise<void>;
  /**
   * The session's code is used up by being right, by the last wrong try, and by `no-code`.
   * @param times until: when the session, once verified, may no longer act
   */
  verify(
    visitor: Visitor,
    times: { readonly now: number; readonly until: number },
    judge: (code: PendingCode | undefined) => Verification,
  ): Promise<Verification>;
  /** What the session has verified, and what it has sent to that phone, is another session's from now on. */
  renew(visitor: Visitor, session: string): Promise<void>;
  /** For whom the session may act. */
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
  /** As it is to be published; the moment is 0 before the first answer. */
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
  /** Who has linked this medium. */
  ownerOf(medium: Medium): Promise<Identity | undefined>;
  /** Links these media to the person, and records the consent. Those linked before stay. */
  register(who: Identity, media: readonly Medium[], consent: Consent): Promise<void>;
  /** Erases the person but for what the law keeps. @returns false where there is none */
  withdraw(who: Identity, now: number): Promise<boolean>;
  /** The media belong to somebody else now. @returns how many were linked */
  release(media: readonly Medium[], now: number): Promise<number>;
  counts(): Promise<Counts>;
}

/** A registered person whose health code is to be asked for. */
export interface PersonToAsk extends Identity {
  readonly id: number;
  readonly status: Status;
  /** The moment the last good answer is of; 0 before the first. */
  readonly answerAt: number;
}

/** What came of asking for one person. */
export interface Settled {
  readonly id: number;
  /** Undefined where there was no good answer: the last one stays, as long as it may. */
  readonly answer: { readonly status: Status; readonly at: number } | undefined;
}

/** Whom to publish what for: what the publisher takes, one publication at a time. */
export interface PublishQueue {
  /**
   * Call it first: what was taken for a version is settled by what the feed says of it.
   * @returns whether the feed is as this store knows it; otherwise all has to be published
   */
  settle(feedVersion: number): boolean;
  /** @returns undefined where more than `maxPersons` are others: all is to be published then */
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
  /** Persons whose damaged names keep them from being asked for; they are put off as if they had been, now. */
  readonly unreadable: number;
}

export interface HealthStore {
  /** Persons asked for no later than that, those asked the longest ago first. */
  due(askedBefore: number, limit: number, now: number): Promise<Due>;
  /** One registered person. */
  one(who: Identity): Promise<PersonToAsk | undefined>;
  /**
   * An answer that is older than the one stored is passed over; one of the same moment that disagrees makes it unknown.
   * @returns how many statuses are others now
   */
  settle(settled: readonly Settled[], askedAt: number): Promise<number>;
  /** Statuses whose last good answer is of before that become unknown. @returns how many did */
  expire(answerBefore: number, limit: number): Promise<number>;
  /** When the source last answered at all; 0 for never. */
  sourceAnsweredAt(): Promise<number>;
  sourceAnswered(at: number): Promise<void>;
}
