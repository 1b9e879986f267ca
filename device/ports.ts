/** The interfaces the firmware owns: what it asks of readers, displays and other devices, types only. What it asks of links, feed and uplink is in data-ports.ts. */
import type { Duplex } from 'node:stream';
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
