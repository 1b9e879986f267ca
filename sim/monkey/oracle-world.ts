/** What the oracle knows of the world around the validators: who is linked to what, what is published, the network. */
import type { Status } from '../../device/core/check.ts';
import type { Phase } from '../../device/core/policy.ts';
import type { Passenger } from '../bus/passengers.ts';
import { createHistory, type History } from './history.ts';

export type Health = Status | 'none';
export type Edition = 'fresh' | 'stale';

export interface World {
  readonly passengers: ReadonlyMap<string, Passenger>;
  readonly isPilotLine: boolean;
  readonly phase: History<Phase>;
  /** By passenger. */
  readonly health: ReadonlyMap<string, History<Health>>;
  /** How old what is published says it is. */
  readonly edition: History<Edition>;
  readonly network: History<'on' | 'off'>;
  /** How often the validators' data has been taken away. */
  readonly emptied: History<number>;
  /** When something was published last. */
  readonly publishedAt: number;
  /** A command begins, and changes what it changes. */
  begin(command: string, now: number): void;
}

export interface WorldStart {
  readonly passengers: readonly Passenger[];
  readonly line: string;
  readonly phase: Phase;
}

const pilotLines = ['2', '6', '10', '14', '15', '17', '19', '20', '24', '38'];

export function createWorld(start: WorldStart): World {
  const passengers = new Map(start.passengers.map(p => [p.id, p]));
  const health = new Map(start.passengers.map(p => [p.id, createHistory<Health>(p.health)]));
  const phase = createHistory<Phase>(start.phase);
  const edition = createHistory<Edition>('fresh');
  const network = createHistory<'on' | 'off'>('on');
  const emptied = createHistory(0);
  let publishedAt = Number.NEGATIVE_INFINITY;
  /** What the next publication will be. */
  let nextEdition: Edition = 'fresh';

  function publish(now: number): void {
    if (edition.latest !== nextEdition) edition.change(nextEdition, now);
    publishedAt = now;
  }

  const effects: Readonly<Record<string, (words: readonly string[], now: number) => void>> = {
    health([who = '', value], now) {
      health.get(who)?.change(value as Health, now);
      publish(now);
    },
    phase([value], now) {
      phase.change(value as Phase, now);
      publish(now);
    },
    network: ([value], now) => network.change(value as 'on' | 'off', now),
    data([state], now) {
      nextEdition = state === 'stale' ? 'stale' : 'fresh';
      network.change(state === 'missing' ? 'off' : 'on', now);
      if (state === 'missing') emptied.change(emptied.latest + 1, now);
      else publish(now);
    },
  };

  return {
    passengers,
    isPilotLine: pilotLines.includes(start.line),
    phase,
    health,
    edition,
    network,
    emptied,
    get publishedAt() {
      return publishedAt;
    },
    begin(command, now) {
      const [name = '', ...words] = command.split(' ');
      if (Object.hasOwn(effects, name)) effects[name]?.(words, now);
    },
  };
}
