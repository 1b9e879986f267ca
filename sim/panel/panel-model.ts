/** The panel's state: fed by the bus, told to whoever listens, only what is other than before and not too often. */
import { type Audience, type Bus, postNames } from '../bus/bus.ts';
import { commandUsages } from '../bus/commands.ts';
import { consoleCommand } from '../bus/console.ts';
import { lineStops } from '../bus/line-stops.ts';
import type { PostName } from '../bus/validator-post.ts';
import { cardFaults } from '../wires/card-faults.ts';
import type { CommandRecord } from './command-record.ts';
import { createLogBook } from './log-book.ts';
import { feedOf, passengersOf } from './office-view.ts';
import type { PanelState, ScreenState, ValidatorState } from './protocol.ts';
import { type Recording, recordHelp } from './recording.ts';
import { createValidatorWatch } from './validator-watch.ts';

export interface PanelParts {
  readonly line: string;
  readonly bus: Bus;
  readonly commands: CommandRecord;
  readonly recording: Recording;
}

export interface PanelModel {
  state(): PanelState;
  /** Rows of a validator's journal, as its console counts them. */
  countRows(post: PostName, rows: number): void;
  onTouch(listener: () => void): () => void;
}

const vocabulary = [
  ...commandUsages.map(({ name, usage, help }) => ({ command: `${name} ${usage}`.trim(), help })),
  recordHelp,
];

export function createPanelModel(parts: PanelParts): PanelModel {
  const { bus } = parts;
  const log = createLogBook();
  const watches = { front: createValidatorWatch(), rear: createValidatorWatch() };
  const listeners = new Set<() => void>();
  const touch = () => {
    for (const listener of listeners) listener();
  };
  bus.onScreen(touch);
  bus.onLog((post, line) => {
    log.add(post, line);
    watches[post].hear(line);
    touch();
  });

  parts.commands.onDone(({ outcome }) => {
    const post = postNames.find(name => 'validator' in outcome && outcome.validator === name);
    if (post !== undefined && 'passengerScreen' in outcome) watches[post].seen(outcome);
    touch();
  });

  function screenOf(post: PostName, audience: Audience): ScreenState {
    return { ...bus.screen(post, audience), beeps: bus.posts[post].screens[audience].beeps };
  }

  function validatorOf(post: PostName): ValidatorState {
    const { latitudeDeg: lat, longitudeDeg: lon } = bus.posts[post].gnss.position;
    return {
      passenger: screenOf(post, 'passenger'),
      crew: screenOf(post, 'crew'),
      ...watches[post].told(),
      linksVersion: bus.linksVersion(post) || undefined,
      position: { lat: rounded(lat), lon: rounded(lon) },
      consoleCommand: consoleCommand(bus.posts[post]),
    };
  }

  return {
    state: () => ({
      line: parts.line,
      phase: bus.office.phase,
      stops: lineStops,
      validators: { front: validatorOf('front'), rear: validatorOf('rear') },
      passengers: passengersOf(bus),
      feed: feedOf(bus),
      log: log.entries(),
      commands: parts.commands.recent(),
      isRecording: parts.recording.isOn,
      vocabulary,
      cardFaults: Object.keys(cardFaults),
    }),
    countRows(post, rows) {
      watches[post].countRows(rows);
      touch();
    },
    onTouch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** To some ten centimetres. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
