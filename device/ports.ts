/** The interfaces the firmware owns: what it asks of readers, displays and stores, types only. */
import type { Duplex } from 'node:stream';
import type { LinkLookup } from './core/check.ts';
import type { MediumKind } from './core/medium.ts';
import type { CommandOutcome, OfficeCommand } from './core/office-commands.ts';
import type { Prompt } from './core/prompt.ts';
import type { Audience, Light, Screen, Tone } from './core/screen.ts';
import type { DeviceError } from './kit/errors.ts';

/**
 * What every driver tells about itself; `ready` also says that a fault is over. It tells either only when it is news (a
 * fault of another kind is, and so are other words), and after `close` it says nothing more.
 */
export interface DeviceEvents {
  ready(): void;
  fault(error: DeviceError): void;
  /** More came than it ever has to say, and what was beyond is dropped; told once for each flood. */
  flooded?(): void;
  /** What a technician should know of it though it works, in one line; '' takes it back. */
  note?(text: string): void;
}

/** A part with a wire to something outside; each kind's `open` returns at once, and it reconnects by itself. */
interface Device {
  readonly name: string;
  /** Lets go of the wire. It may be called again, and without `open`; it does not reject. */
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

/** One of the places for a card that a driver has found. */
export interface ReaderSlot {
  readonly name: string;
  /** The passengers'. */
  readonly isUsed: boolean;
  /** A card is in a slot that is not used: an operator's module, or a passenger's card in the wrong place. */
  readonly hasForgottenCard: boolean;
}

/** Reads contactless cards, one at a time. */
export interface CardReader extends Device {
  open(events: CardReaderEvents): void;
  /** What is seen now, in the driver's own words; left out if there is never a choice. */
  slots?(): readonly ReaderSlot[];
  /**
   * Shows a verdict on the reader's own lights and buzzer; left out if the driver knows of none.
   * @returns where the driver can tell: resolves when that is shown, or never will be
   */
  indicate?(light: Light, tone: Tone): void | Promise<void>;
}

/** One presented code: its bytes, or why there are none, and what a technician can do about it if that is known. */
export type CodeRead =
  | { readonly bytes: Uint8Array }
  | { readonly refused: 'malformed' | 'several-codes'; readonly why?: string };

export interface CodeReaderEvents extends DeviceEvents {
  /** Called once for each presentation: a code held in view is one presentation. */
  presented(code: CodeRead): void;
}

/** What a camera sees, for a technician; nobody's code is in it. */
export interface CameraSight {
  readonly kind: 'camera';
  /** Of the newest frame; undefined before the first. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  /** Since the start. */
  readonly frames: number;
  /** Over the last seconds. */
  readonly framesPerS: number;
  /** In view now. */
  readonly codes: readonly SightedCodeKind[];
}

export interface SightedCodeKind {
  readonly isRideCode: boolean;
  /** No ride code, and in view for longer than anybody holds one up: a sticker. */
  readonly stands: boolean;
  readonly inViewMs: number;
}

/** What a scanner module has printed last, for a technician; nobody's code is in it. */
export interface ScannerSight {
  readonly kind: 'scanner';
  /** Since the start. */
  readonly printed: number;
  readonly last: LastPrinted | undefined;
}

export interface LastPrinted {
  /** On the monotonic clock. */
  readonly at: number;
  /** A ride code, somebody else's code, one that has suffered on its way, or the module's own words. */
  readonly is: 'code' | 'foreign' | 'damaged' | 'talk';
  readonly bytes: number;
  /** Letters as a, digits as 9: what it looks like, and not what it says. */
  readonly shape: string;
  /** What a technician can do; '' where nothing is known. */
  readonly advice: string;
}

/** One grey picture, a byte per pixel, row by row. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

/** Reads QR codes: a scanner module or a camera. */
export interface CodeReader extends Device {
  open(events: CodeReaderEvents): void;
  /** For a technician. */
  sight(): CameraSight | ScannerSight;
  /**
   * Of a camera: the next picture that is looked at, black where a code is or was. Resolves to undefined where none comes before
   * `signal` aborts.
   */
  picture?(signal: AbortSignal): Promise<GreyPicture | undefined>;
}

export interface CrewKeyEvents extends DeviceEvents {
  /** Once for each press, however long it lasts. */
  pressed(): void;
}

export type DoorState = 'open' | 'closed';

export interface DoorContactEvents extends DeviceEvents {
  /** How the door stands now; told again while nothing changes, or not. After a fault it is not known until it is told. */
  moved(door: DoorState): void;
}

/** Tells whether a door of the bus is open. */
export interface DoorContact extends Device {
  open(events: DoorContactEvents): void;
}

/** What a validator hears of the others on its bus. */
export interface BusLinkEvents {
  /** The part for the way in, and for each way out. */
  part(name: string): DeviceEvents;
  /** One message of another validator, by its device's name; not checked yet. */
  heard(device: string, message: string): void;
  /** A way to another has opened. @returns what that one is told first */
  opened(): readonly string[];
}

/** The network between the validators of one bus. */
export interface BusLink extends Device {
  open(events: BusLinkEvents): void;
  /** To all that are reached now. @param message one line of printable ASCII, at most 600 characters */
  tell(message: string): void;
}

/** A key for driver or conductor: they have looked at the passenger's phone. */
export interface CrewKey extends Device {
  open(events: CrewKeyEvents): void;
}

export interface DisplayEvents extends DeviceEvents {
  /** Somebody touches what the settings say is the crew's key. */
  touched?(): void;
}

/** A screen with a light and a sounder, for one audience. */
export interface Display extends Device {
  readonly audience: Audience;
  /** A display that is mute or gone is a fault within 2 s. */
  open(events: DisplayEvents): void;
  /**
   * Takes the newest screen, before `open` and while the wire is broken too; returns at once, never throws, and after
   * `close` does nothing.
   *
   * A screen whose drawing has begun is drawn to its end, tone included; of those that come meanwhile only the newest is
   * drawn. No light is ever seen with another screen's text. When the wire is back the screen is drawn again; its
   * tone may sound again where the device does not confirm what it has sounded.
   *
   * Texts may hold anything: no control character of theirs may reach the device.
   */
  show(screen: Screen): void;
  /** Lets the last screen out first, for 300 ms at most: it says that the validator is out of service. */
  close(): Promise<void>;
}

/** Says prompts aloud, to one audience. */
export interface Speaker extends Device {
  readonly audience: Audience;
  /** A speaker that is broken, mute or gone is a fault within 2 s. */
  open(events: DeviceEvents): void;
  /**
   * Which prompts it may be asked for, by their ids; called before `open`, and again when they change. Those it lacks are a
   * fault of kind `hindered`: the others are heard all the same.
   */
  prepare(prompts: readonly string[]): void;
  /**
   * Cuts off what is being said and says this; returns at once and never throws. What cannot be said at once is never said:
   * later it would be another passenger's.
   */
  play(prompt: Prompt): void;
}

/** What one GNSS receiver says of time and place, of one epoch. */
export interface Fix {
  /** UTC in Unix milliseconds; undefined while the receiver does not vouch for it. */
  readonly time: number | undefined;
  /** performance.now() at which the epoch's first sentence came. */
  readonly receivedAt: number;
  /** Undefined while there is no fix. WGS 84. */
  readonly position: { readonly latitudeDeg: number; readonly longitudeDeg: number } | undefined;
  /** How many the fix is made of, if the receiver says so. */
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

/** Where a monitoring system reads the metrics. */
export interface MetricsPort extends Device {
  open(events: MetricsPortEvents): void;
}

export interface MetricsPortEvents extends DeviceEvents {
  /** Asked at each request. */
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>;
}

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

export interface FeedClientEvents {
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
