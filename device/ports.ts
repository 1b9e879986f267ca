/** The interfaces the firmware owns: what it asks of readers, displays and stores, types only. */
import type { Duplex } from 'node:stream';
import type { LinkLookup } from './core/check.ts';
import type { MediumKind } from './core/medium.ts';
import type { Light, Screen, Tone } from './core/notice.ts';
import type { DeviceError } from './errors.ts';

/** What every driver tells about itself; `ready` also follows a fault that has mended. */
export interface DeviceEvents {
  ready(): void;
  fault(error: DeviceError): void;
}

/** A part with a wire to something outside; each kind's `open` returns at once, and it reconnects by itself. */
interface Device {
  readonly name: string;
  close(): Promise<void>;
}

/** One transit card in the field. */
export interface Card {
  /** Answer to reset, as PC/SC reports it. */
  readonly atr: Uint8Array;
  /**
   * Sends one command APDU and resolves to its response, status word included.
   * Rejects with DeviceError: medium-lost (the card left), timeout, protocol.
   */
  transmit(command: Uint8Array): Promise<Uint8Array>;
}

export interface CardReaderEvents extends DeviceEvents {
  inserted(card: Card): void;
  removed(): void;
}

/** Reads contactless cards, one at a time. */
export interface CardReader extends Device {
  open(events: CardReaderEvents): void;
  /** Shows a verdict on the reader's own lights and buzzer; left out where the driver knows of none. */
  indicate?(light: Light, tone: Tone): void;
}

/** One presented code: its bytes, or why no bytes could be had. */
export type CodeRead = { readonly bytes: Uint8Array } | { readonly refused: 'malformed' | 'several-codes' };

export interface CodeReaderEvents extends DeviceEvents {
  /** Called once for each presentation: a code held in view is one presentation. */
  presented(code: CodeRead): void;
}

/** Reads QR codes: a scanner module or a camera. */
export interface CodeReader extends Device {
  open(events: CodeReaderEvents): void;
}

/** A screen with a light and a sounder, for one audience. */
export interface Display extends Device {
  readonly audience: 'passenger' | 'crew';
  open(events: DeviceEvents): void;
  show(screen: Screen): void;
}

/** What one GNSS receiver says of time and place, of one epoch. */
export interface Fix {
  /** UTC in Unix milliseconds; undefined while the receiver does not vouch for it. */
  readonly time: number | undefined;
  /** performance.now() at which the epoch's first sentence came. */
  readonly receivedAt: number;
  /** Undefined while there is no fix. WGS 84. */
  readonly position: { readonly latitudeDeg: number; readonly longitudeDeg: number } | undefined;
  /** How many the fix is made of, where the receiver says so. */
  readonly satellites?: number | undefined;
}

export interface GnssEvents extends DeviceEvents {
  fix(fix: Fix): void;
}

/** A GNSS receiver (BeiDou, GPS …): `ready` once it is heard, with or without a fix. */
export interface GnssReceiver extends Device {
  open(events: GnssEvents): void;
}

/** Where a technician's terminal attaches: a serial line, or a TCP port it connects to. */
export interface Terminal extends Device {
  open(events: TerminalEvents): void;
}

export interface TerminalEvents extends DeviceEvents {
  /** A technician's session: raw bytes both ways; ends when the wire does. */
  session(wire: Duplex): void;
}

/** The health-code links on this bus; reads never throw. */
export interface LinkStore {
  /**
   * The medium's pseudonym: the first 8 bytes of HMAC-SHA-256(fleet key, kind ‖ account). What is kept and
   * journaled instead of the account.
   */
  tokenOf(kind: MediumKind, account: string): Uint8Array;
  find(token: Uint8Array): LinkLookup;
  /** What the cache holds, for console and log. */
  describe(): LinkStoreState;
  close(): void;
}

export type LinkStoreState =
  | {
      readonly usable: true;
      /** Of the feed. */
      readonly version: number;
      readonly links: number;
      readonly slots: number;
      readonly keyId: string;
      /** Unix milliseconds */
      readonly linksAsOf: number;
      /** Unix milliseconds */
      readonly statusAsOf: number;
    }
  | { readonly usable: false; readonly why: string };

/** Keeps the link cache, the policy and the lines up to date from the feed. */
export interface FeedClient {
  /** Asks the feed at once, not only when it is due. */
  syncNow(): void;
  close(): Promise<void>;
}

/** Wall time in Unix milliseconds. */
export type Clock = () => number;
