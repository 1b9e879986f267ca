/**
 * What the registration site asks of the service behind it: the upgrade service (乘车码升级服务) of 19 May 2022 with its three
 * steps (name and phone, SMS code, consent), one's own state, and the withdrawal. Types only.
 *
 * Before the SMS code is entered, no answer and no answer's time depends on who owns or has registered what.
 */
import type { Status } from '../../../device/core/check.ts';
import type { MediumKind } from '../../../device/core/medium.ts';
import type { Text } from '../../../device/core/screen.ts';

/** What a visitor asks a code for. */
export type Purpose = 'register' | 'manage';

/** Who asks; limits are counted by it. */
export interface Visitor {
  /** The server-side session: an unguessable text, another one for each browser. */
  readonly session: string;
  /** The network address, by the settings for trusted proxies. */
  readonly address: string;
}

export interface CodeRequest {
  readonly purpose: Purpose;
  readonly name: string;
  /** A mainland mobile number, 11 digits. */
  readonly phone: string;
  /** The visitor registers somebody else (代办). */
  readonly byProxy: boolean;
}

export type CodeAnswer =
  /**
   * The same where nobody is registered under that phone. `before`: the phone has a code for this purpose, which is good here
   * as well, and no other was sent.
   */
  | { readonly sent: true; readonly resendAfterS: number; readonly before: boolean }
  /** A code was sent just now; the next one is possible after `waitS`. */
  | { readonly sent: false; readonly why: 'too-soon'; readonly waitS: number }
  /** Too many codes to this phone from here, or from this address at all. */
  | { readonly sent: false; readonly why: 'too-many'; readonly waitS: number };

export type Verification =
  | { readonly verified: true }
  | { readonly verified: false; readonly why: 'wrong'; readonly triesLeft: number }
  /** Expired, used, voided by wrong tries, or never asked for. */
  | { readonly verified: false; readonly why: 'no-code' };

/** A medium as its owner is shown it. */
export interface FoundMedium {
  readonly kind: MediumKind;
  /** Only the last digits are shown: `**** **** 4821`. */
  readonly maskedAccount: string;
  readonly linked: boolean;
}

/** `without-application`: cards of senior and disabled passengers, linked by the bus group. */
export type Basis = 'consent' | 'proxy' | 'without-application';

/** What a verified visitor may see of the person whose phone it is. */
export interface OwnState {
  readonly maskedName: string;
  readonly maskedPhone: string;
  readonly media: readonly FoundMedium[];
  /** Under this phone there is a medium that is not the bus group's: 升级服务仅支持北京公交集团乘车码. */
  readonly hasForeignMedia: boolean;
  readonly consent:
    | {
        /** Unix milliseconds */
        readonly at: number;
        readonly textVersion: string;
        readonly basis: Basis;
      }
    | undefined;
  /** The last known health code; undefined where nothing is linked. */
  readonly health: { readonly status: Status; readonly at: number } | undefined;
}

/** `no-media`: no medium of the bus group under this name and phone. */
export type Consented =
  | { readonly done: true; readonly liveWithinMs: number }
  | { readonly done: false; readonly why: 'not-verified' | 'no-media' };

export type Withdrawn =
  | { readonly done: true }
  | { readonly done: false; readonly why: 'not-verified' | 'not-registered' };

export interface StopChoice {
  readonly id: string;
  readonly name: Text;
}

/** A ride without a tap-off, as its passenger is shown it. Amounts in fen. */
export interface MissedTapOff {
  /** Names the ride; nothing can be told from it. */
  readonly ride: number;
  readonly line: string;
  /** Unix milliseconds */
  readonly beganAt: number;
  readonly kind: MediumKind;
  readonly maskedAccount: string;
  /** Undefined where the bus did not know it. */
  readonly from: Text | undefined;
  /** Where the passenger may have got off. */
  readonly stops: readonly StopChoice[];
  /** What it costs as it is. */
  readonly fareFen: number;
  /** Where the passenger has said they got off. */
  readonly madeUp: Text | undefined;
}

export type MadeUp =
  /** `refundFen`: what is given back, or not charged. */
  | { readonly done: true; readonly kind: MediumKind; readonly fareFen: number; readonly refundFen: number }
  /** No such ride of these media, too long ago, or made up already; no such stop of its line. */
  | { readonly done: false; readonly why: 'no-ride' | 'no-stop' };

export interface MissedTapOffs {
  /** For so long they can be made up; 0 for never. */
  readonly days: number;
  readonly rides: readonly MissedTapOff[];
}

export interface Registration {
  /** Before this, only the entry page is open; Unix milliseconds. */
  readonly opensAt: number;
  isOpen(): boolean;
  requestCode(visitor: Visitor, request: CodeRequest): Promise<CodeAnswer>;
  /**
   * Compares in constant time. Once verified, `next` may act for that phone for ten minutes.
   * @param next another session than the visitor's, so that whoever planted or knew that one can do nothing at any moment; the
   *   visitor's own unless given
   */
  verify(visitor: Visitor, code: string, next?: string): Promise<Verification>;
  /** @returns undefined for a session that has verified no code, or too long ago */
  ownState(visitor: Visitor): Promise<OwnState | undefined>;
  consent(visitor: Visitor, textVersion: string): Promise<Consented>;
  withdraw(visitor: Visitor): Promise<Withdrawn>;
  /** Only for a visitor who came for their own state: where somebody went is nobody else's business. */
  missedTapOffs(visitor: Visitor): Promise<MissedTapOffs | undefined>;
  /** @param stop a stop_id. @returns undefined as `missedTapOffs` */
  makeUp(visitor: Visitor, ride: number, stop: string): Promise<MadeUp | undefined>;
  /** Forgets what this session has verified. */
  leave(visitor: Visitor): Promise<void>;
}
