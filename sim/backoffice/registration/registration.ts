/**
 * What the registration site asks of the service behind it: the upgrade service (乘车码升级服务) of 19 May 2022 in its three
 * steps (name and phone, SMS code, consent), the look at one's own state, and the withdrawal. Types only.
 *
 * Until the SMS code has been entered nothing in any answer, nor in the time it takes, depends on who has what.
 */
import type { Status } from '../../../device/core/check.ts';

export type MediumKind = 't-union' | 'bmac' | 'ride-code';

/** What a visitor wants to do with the code that is sent. */
export type Purpose = 'register' | 'manage';

/** Who asks: what limits are counted by. */
export interface Visitor {
  /** The server-side session, an unguessable text of its own for each browser. */
  readonly session: string;
  /** The network address, as the proxy settings say it is to be believed. */
  readonly address: string;
}

export interface CodeRequest {
  readonly purpose: Purpose;
  readonly name: string;
  /** A mainland mobile number, 11 digits. */
  readonly phone: string;
  /** Done for somebody else (代办). */
  readonly byProxy: boolean;
}

export type CodeAnswer =
  /** Also where nobody is registered under that phone. */
  | { readonly sent: true; readonly resendAfterS: number }
  /** A new one no sooner than that. */
  | { readonly sent: false; readonly why: 'too-soon'; readonly waitS: number }
  /** Too many for this phone from here, or from this address at all. */
  | { readonly sent: false; readonly why: 'too-many'; readonly waitS: number };

export type Verification =
  | { readonly verified: true }
  | { readonly verified: false; readonly why: 'wrong'; readonly triesLeft: number }
  /** Expired, used, voided by wrong tries, or never asked for. */
  | { readonly verified: false; readonly why: 'no-code' };

/** A medium as its owner is shown it. */
export interface FoundMedium {
  readonly kind: MediumKind;
  /** All but the last digits hidden: `**** **** 4821`. */
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
  /** Under this phone there is something that is not the bus group's: 升级服务仅支持北京公交集团乘车码. */
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
  | { readonly done: true; readonly liveBy: number }
  | { readonly done: false; readonly why: 'not-verified' | 'no-media' };

export type Withdrawn =
  | { readonly done: true }
  | { readonly done: false; readonly why: 'not-verified' | 'not-registered' };

export interface Registration {
  /** Before this nothing but the entry page is open; Unix milliseconds. */
  readonly opensAt: number;
  isOpen(): boolean;
  requestCode(visitor: Visitor, request: CodeRequest): Promise<CodeAnswer>;
  /** Constant-time; once verified the session may act for that phone for ten minutes. */
  verify(visitor: Visitor, code: string): Promise<Verification>;
  /**
   * What this visitor has verified belongs to `session` from now on, and to nobody else: a browser gets another session once
   * its code was right, so that whoever planted or knew the old one can do nothing with it. Nothing verified: nothing happens.
   */
  renew(visitor: Visitor, session: string): Promise<void>;
  /** Undefined for a session that has not verified a code, or too long ago. */
  ownState(visitor: Visitor): Promise<OwnState | undefined>;
  consent(visitor: Visitor, textVersion: string): Promise<Consented>;
  withdraw(visitor: Visitor): Promise<Withdrawn>;
  /** Forgets what this session has verified. */
  leave(visitor: Visitor): Promise<void>;
}
