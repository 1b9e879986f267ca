/**
 * What the panel's page and the simulator say to each other. Types only, for both sides.
 *
 * GET  /api/state                     the whole state, `PanelState`
 * GET  /api/events                    server-sent events: one `state` with the whole state, then a `change` for each `PanelChange`
 * POST /api/command                   `{"line": "tap front wang"}`, any command of the bus → `CommandDone`, also where it was refused
 * GET  /api/codes/PASSENGER.png       what the passenger's phone shows now; with view options (`?blurPixels=1`): what a camera sees of it
 * GET  /api/cameras/POST.png          the frame the camera at that door sees now
 * POST /api/cameras/POST/picture      image/png, held before the camera → `CommandDone`
 * GET  /api/recording.yaml            what has been done since `record`, as a scenario
 * WS   /api/consoles/POST             the serial console, bytes both ways
 */
import type { Phase } from '../../device/core/policy.ts';
import type { Passenger } from '../bus/passengers.ts';
import type { PostName } from '../bus/validator-post.ts';
import type { BusEvent } from '../bus/words.ts';

export interface PanelState {
  readonly line: string;
  readonly phase: Phase;
  readonly stops: readonly StopState[];
  readonly validators: Readonly<Record<PostName, ValidatorState>>;
  readonly passengers: readonly PassengerState[];
  readonly feed: FeedState;
  /** Newest last, the last few hundred. */
  readonly log: readonly LogEntry[];
  /** What has been done, by this page and by others; newest last. */
  readonly commands: readonly CommandDone[];
  readonly isRecording: boolean;
  /** What can be typed: the bus's own help. */
  readonly vocabulary: readonly { readonly command: string; readonly help: string }[];
  /** Ways a card can fail. */
  readonly cardFaults: readonly string[];
}

/** The members that are others now, whole. */
export type PanelChange = Partial<PanelState>;

export interface StopState {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly lat: number;
  readonly lon: number;
}

export interface ScreenState {
  readonly light: string;
  readonly lines: readonly string[];
  /** Beeps since the start: what is more than before is to be heard. */
  readonly beeps: number;
}

export interface ValidatorState {
  readonly passenger: ScreenState;
  readonly crew: ScreenState;
  readonly isRunning: boolean;
  /** Parts out of order, by name: what the log said of each. */
  readonly faults: Readonly<Record<string, string>>;
  /** Version of the links it has; undefined for none. */
  readonly linksVersion: number | undefined;
  readonly journal: { readonly rows: number; readonly byVerdict: Readonly<Record<string, number>> };
  readonly position: { readonly lat: number; readonly lon: number };
  /** What the last medium came to. */
  readonly lastTap: BusEvent | undefined;
  /** How a person reaches its console. */
  readonly consoleCommand: string;
}

export type PassengerState = Passenger & {
  readonly name: string;
  readonly phone: string;
  /** By the registration site. */
  readonly isRegistered: boolean;
};

export interface FeedState {
  readonly url: string;
  readonly siteUrl: string;
  readonly version: number;
  /** Unix milliseconds */
  readonly publishedAt: number;
  readonly isNetworkUp: boolean;
}

export interface LogEntry {
  readonly at: number;
  readonly validator: PostName;
  readonly level: string;
  readonly event: string;
  readonly text: string;
}

export interface CommandDone {
  readonly id: number;
  readonly at: number;
  /** As it is typed. */
  readonly line: string;
  /** The same as steps of a scenario, YAML. */
  readonly yaml: string;
  readonly outcome: BusEvent | { readonly event: 'error'; readonly message: string };
}
