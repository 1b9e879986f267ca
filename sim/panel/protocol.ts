/**
 * What the panel's page and the simulator say to each other. Types only, for both sides.
 *
 * GET  /                              the page: `<div id="panel">`; links /page/panel.css and /vendor/xterm.css and runs
 *                                     /page/main.js, with an import map for preact, preact/hooks, preact/jsx-runtime,
 *                                     @xterm/xterm and @xterm/addon-fit. No other script, no `style` attribute in HTML
 * GET  /page/FILE                     the compiled modules and the stylesheets of sim/panel/page/, folders too
 * GET  /api/state                     the whole state, `PanelState`
 * GET  /api/events                    server-sent events: one `state` with the whole state, then a `change` for each `PanelChange`
 * POST /api/command                   `{"line": "tap front wang"}`, any command of the bus → `CommandDone`, also where it was refused
 *                                     (`record start` and `record stop` are commands of the panel)
 * GET  /api/codes/PASSENGER.png       what the passenger's phone shows now; with view options (`?blurPixels=1`): what a camera sees of it
 * GET  /api/cameras/POST.png          the frame the camera at that door sees now
 * POST /api/cameras/POST/picture      image/png, held before the camera → `CommandDone`
 * GET  /api/prompts/PROMPT.wav          the pilot's recording of a prompt; 404 where espeak-ng, which makes it, is missing
 * GET  /api/recording.yaml            what has been done since `record`, as a scenario
 * WS   /api/consoles/POST             the serial console, bytes both ways; closed by the server with a `ConsoleEnd` and the reason
 *
 * A refusal is a 4xx with a `Refusal`.
 */
import type { Phase } from '../../device/core/phase.ts';
import type { DeniedReason } from '../../sync/publisher/denied-media.ts';
import type { BusEvent } from '../bus/commands/command.ts';
import type { Passenger } from '../bus/passengers.ts';
import type { PurseNow } from '../bus/purses.ts';
import type { PostName } from '../bus/validator-post.ts';

export interface PanelState {
  readonly line: string;
  readonly phase: Phase;
  readonly stops: readonly StopState[];
  readonly validators: Readonly<Record<PostName, ValidatorState>>;
  readonly passengers: readonly PassengerState[];
  readonly feed: FeedState;
  /** Newest last, the last few hundred. */
  readonly log: readonly LogEntry[];
  /** Commands of this page and of others, newest last. */
  readonly commands: readonly CommandDone[];
  /** Commands of anybody that have begun and not ended. */
  readonly underWay: readonly string[];
  readonly settings: Settings;
  readonly isRecording: boolean;
  /** What can be typed: the bus's own help. */
  readonly vocabulary: readonly { readonly command: string; readonly help: string }[];
  /** Ways a card can fail. */
  readonly cardFaults: readonly string[];
}

/** The members that have changed, each as a whole. */
export type PanelChange = Partial<PanelState>;

/** A command without what it set → what it set: `disk rear` → `full`, `gnss front` → `offset 86400`. */
export type Settings = Readonly<Record<string, string>>;

export interface StopState {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly lat: number;
  readonly lon: number;
}

export interface ScreenState {
  readonly light: string;
  readonly sign?: string;
  readonly lines: readonly string[];
  /** Number of beeps since the start; the page plays the increase. */
  readonly beeps: number;
}

export interface SaidState {
  /** Number of prompts since the start; the page plays what increases it. */
  readonly count: number;
  readonly prompt: string;
  /** Its words; '' while nothing has been said, and when a later notice came without a word. */
  readonly text: string;
  /** 0 to 100 */
  readonly volumePercent: number;
}

export interface FaultState {
  /** The part's, as in the settings. */
  readonly name: string;
  /** A `DeviceErrorKind`. */
  readonly kind: string;
  /** What the log said of it. */
  readonly problem: string;
}

export interface ValidatorState {
  readonly passenger: ScreenState;
  readonly crew: ScreenState;
  /** What its speakers have said last. */
  readonly said: Readonly<Record<'passenger' | 'crew', SaidState>>;
  readonly isRunning: boolean;
  /** Parts out of order. */
  readonly faults: readonly FaultState[];
  /** Version of the links it has; undefined for none. */
  readonly linksVersion: number | undefined;
  /** `rows` counts the taps in the whole journal, `byVerdict` the taps since the bus started. */
  readonly journal: { readonly rows: number; readonly byVerdict: Readonly<Record<string, number>> };
  readonly position: { readonly lat: number; readonly lon: number };
  /** The outcome of the last presentation. */
  readonly lastTap: BusEvent | undefined;
  /** The shell command that opens its console. */
  readonly consoleCommand: string;
}

export type PassengerState = Passenger & {
  /** By the registration site. */
  readonly isRegistered: boolean;
  /** Why it is on the list of denied media; undefined where it is not. */
  readonly denied: DeniedReason | undefined;
  /** What is on the card now; undefined for what has no purse. */
  readonly purse: Pick<PurseNow, 'balanceFen' | 'ride'> | undefined;
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
  /** The state shortens a long one to its event's name and `shortened: true`. */
  readonly outcome: BusEvent | { readonly event: 'error'; readonly message: string };
}

export interface Refusal {
  readonly problem: string;
}

/** Close codes of a console's websocket: all its lines are in use, it does not answer, it has hung up. */
export type ConsoleEnd = 4001 | 4002 | 4003;
