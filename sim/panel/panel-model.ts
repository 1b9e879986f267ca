/** The panel's state, made up of what the bus and its validators tell; listeners hear that something may have changed. */
import type { Audience } from '../../device/core/screen.ts';
import { countTaps } from '../backoffice/journal-rows.ts';
import type { Bus } from '../bus/bus.ts';
import { commandHelp } from '../bus/commands/commands.ts';
import { describeFields } from '../bus/commands/describe-event.ts';
import { consoleCommand } from '../bus/console.ts';
import type { LogLine } from '../bus/firmware-process.ts';
import { createKnownPurses, type KnownPurses } from '../bus/purses.ts';
import { createSaidLast } from '../bus/said-last.ts';
import { type PostName, postNames } from '../bus/validator-post.ts';
import { cardFaults } from '../wires/card-faults.ts';
import type { CommandRecord } from './command-record.ts';
import type {
  FeedState,
  LogEntry,
  PanelState,
  PassengerState,
  ScreenState,
  ValidatorState,
} from './protocol.ts';
import { type Recording, recordHelp } from './recording.ts';
import { createSettingsWatch } from './settings.ts';
import { createValidatorWatch, type ValidatorWatch } from './validator-watch.ts';

export interface PanelParts {
  readonly line: string;
  readonly bus: Bus;
  readonly commands: CommandRecord;
  readonly recording: Recording;
}

export interface PanelModel {
  state(): PanelState;
  /** @returns a function that ends it */
  onTouch(listener: () => void): () => void;
}

type Watches = Readonly<Record<PostName, ValidatorWatch>>;

const vocabulary = [...commandHelp(), recordHelp];
const maxLogEntries = 300;
const maxLogTextChars = 500;

export function createPanelModel(parts: PanelParts): PanelModel {
  const { bus, commands, recording, line } = parts;
  const log: LogEntry[] = [];
  const watches = { front: createValidatorWatch(), rear: createValidatorWatch() };
  const settings = createSettingsWatch();
  const listeners = new Set<() => void>();
  const touch = () => {
    for (const listener of listeners) listener();
  };
  for (const post of postNames) countRows(bus, post, watches);
  const saidLast = createSaidLast(bus);
  bus.onScreen(touch);
  bus.onSpoken(touch);
  bus.onLog((post, entry) => {
    log.push(logEntry(post, entry));
    if (log.length > maxLogEntries) log.shift();
    watches[post].hear(entry);
    if (entry.event === 'ready') countRows(bus, post, watches);
    touch();
  });
  const purses = createKnownPurses(id => (bus.hasCard(id) ? bus.cardOf(id) : undefined));
  commands.onBegun(touch);
  commands.onDone(done => {
    const { outcome } = done;
    settings.done(done);
    const post = postNames.find(name => 'validator' in outcome && outcome.validator === name);
    if (post !== undefined && 'passengerScreen' in outcome) watches[post].seen(outcome);
    touch();
  });

  return {
    state: () => ({
      line,
      phase: bus.office.phase,
      stops: bus.line.stops,
      validators: {
        front: validatorState(bus, 'front', watches, saidLast),
        rear: validatorState(bus, 'rear', watches, saidLast),
      },
      passengers: passengerStates(bus, purses),
      feed: feedState(bus),
      log,
      commands: commands.recent(),
      underWay: commands.underWay(),
      settings: settings.now(bus.office.isNetworkUp),
      isRecording: recording.isOn,
      vocabulary,
      cardFaults: Object.keys(cardFaults),
    }),
    onTouch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function countRows(bus: Bus, post: PostName, watches: Watches): void {
  try {
    watches[post].countRows(countTaps(bus.posts[post].journal));
  } catch {
    // There is no journal before the firmware's first `ready`.
  }
}

function logEntry(
  validator: PostName,
  { event, level, device: _device, time: _time, ...fields }: LogLine,
): LogEntry {
  return { at: Date.now(), validator, level, event, text: describeFields(fields).slice(0, maxLogTextChars) };
}

function validatorState(
  bus: Bus,
  post: PostName,
  watches: Watches,
  saidLast: ReturnType<typeof createSaidLast>,
): ValidatorState {
  const { latitudeDeg: lat, longitudeDeg: lon } = bus.posts[post].gnss.position;
  return {
    passenger: screenState(bus, post, 'passenger'),
    crew: screenState(bus, post, 'crew'),
    said: { passenger: saidLast(post, 'passenger'), crew: saidLast(post, 'crew') },
    ...watches[post].state(),
    linksVersion: bus.linksVersion(post) || undefined,
    position: { lat: rounded(lat), lon: rounded(lon) },
    consoleCommand: consoleCommand(bus.posts[post]),
  };
}

function screenState(bus: Bus, post: PostName, audience: Audience): ScreenState {
  return { ...bus.screen(post, audience), beeps: bus.posts[post].screens[audience].beeps };
}

function passengerStates({ office, passengers }: Bus, purses: KnownPurses): PassengerState[] {
  return passengers.map(passenger => ({
    ...passenger,
    isRegistered: office.isRegistered(passenger.id),
    denied: office.deniedFor(passenger.id),
    purse: purses.of(passenger.id),
  }));
}

function feedState({ office }: Bus): FeedState {
  const { feedUrl: url, siteUrl, published, isNetworkUp } = office;
  return { url, siteUrl, version: published.version, publishedAt: published.at, isNetworkUp };
}

/** To about ten centimetres. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
