/** The world around the validators as the oracle knows it: links, health codes, what is published, the network. */
import type { Status } from '../../device/core/check.ts';
import type { Phase } from '../../device/core/phase.ts';
import { type Passenger, personOf } from '../bus/passengers.ts';
import type { PostName } from '../bus/validator-post.ts';
import { type Change, createHistory, type History } from './history.ts';

export type Health = Status | 'none';
/** Whether the published statuses are of now, or said to be two days old. */
export type Edition = 'fresh' | 'stale-status';

type PsamState = 'works' | 'fails';
const psamsThatWork = new Set(['in', 'slow']);

export interface World {
  readonly passengers: ReadonlyMap<string, Passenger>;
  readonly isPilotLine: boolean;
  /** It is tapped on and off. */
  readonly isDistanceLine: boolean;
  readonly phase: History<Phase>;
  /** The health code of the medium's owner: all media of one person share it. */
  healthOf(passenger: string): History<Health> | undefined;
  /** Whether the medium is on the list of those that are not taken. */
  deniedOf(passenger: string): History<boolean> | undefined;
  /** Whether the PSAM in a validator's slot serves purchases. */
  psamOf(post: PostName): History<PsamState>;
  readonly edition: History<Edition>;
  readonly network: History<'on' | 'off'>;
  /** How the health-code source answers the back office. */
  readonly source: History<string>;
  /** How many times the validators' data has been taken away. */
  readonly emptied: History<number>;
  /** The newest version known to be published, and since when. */
  readonly published: { readonly version: number; readonly at: number };
  /** A validator holds that version now. */
  sees(version: number, now: number): void;
  /**
   * A command begins, and may change the world.
   * @returns call it when the command has ended, with the version that has the change, if there is one
   */
  begin(command: string, now: number): (version: number | undefined, now: number) => void;
}

export interface WorldStart {
  readonly passengers: readonly Passenger[];
  readonly line: string;
  readonly phase: Phase;
  /** The feed that has the line's ways. */
  readonly gtfs?: string | undefined;
}

const pilotLines = ['2', '6', '10', '14', '15', '17', '19', '20', '24', '38'];

export function createWorld(start: WorldStart): World {
  const passengers = new Map(start.passengers.map(p => [p.id, p]));
  const personIs = (who: string) => {
    const passenger = passengers.get(who);
    return passenger === undefined ? who : personOf(passenger);
  };
  const ofPersons = new Map(start.passengers.map(p => [personOf(p), createHistory<Health>(p.health)]));
  const healthOf = (who: string) => ofPersons.get(personIs(who));
  /** What the source says of each person; it says green of all others. */
  const codes = new Map<string, Health>(
    start.passengers.map(p => [personOf(p), p.health === 'none' ? 'green' : p.health]),
  );
  const denied = new Map(start.passengers.map(({ id }) => [id, createHistory(false)]));
  const deny = (who: string, isDenied: boolean, now: number) =>
    denied.get(who)?.change(isDenied, now, published.version);
  const psams = { front: createHistory<PsamState>('works'), rear: createHistory<PsamState>('works') };
  const phase = createHistory<Phase>(start.phase);
  const edition = createHistory<Edition>('fresh');
  const network = createHistory<'on' | 'off'>('on');
  const source = createHistory('ok');
  const emptied = createHistory(0);
  let published = { version: 0, at: 0 };

  /** Several values one after the other: once linked, a code is unknown until the source has been asked. */
  function setHealth(who: string, now: number, values: readonly Health[]): Change | undefined {
    const changes = values.map(value => healthOf(who)?.change(value, now, published.version));
    const last = changes.at(-1);
    if (source.latest !== 'ok' && values.at(-1) !== 'none') {
      if (source.latest === 'contradicting') healthOf(who)?.change('unknown', now, published.version);
      return undefined;
    }
    return last;
  }

  function link(who: string, now: number): Change | undefined {
    const code = codes.get(personIs(who)) ?? 'green';
    const isLinked = healthOf(who)?.latest !== 'none';
    return setHealth(who, now, isLinked ? [code] : ['unknown', code]);
  }

  function setEdition(value: Edition, now: number): Change {
    return edition.change(value, now, published.version);
  }

  function setData(state: string, now: number): Change | undefined {
    network.change(state === 'missing' ? 'off' : 'on', now);
    if (state === 'missing') {
      emptied.change(emptied.latest + 1, now);
      return undefined;
    }
    source.change(state === 'stale' ? 'failing' : 'ok', now);
    return setEdition(state === 'stale' ? 'stale-status' : 'fresh', now);
  }

  const effects: Readonly<Record<string, (words: readonly string[], now: number) => Change | undefined>> = {
    health([who = '', value], now) {
      if (value === 'none') return setHealth(who, now, ['none']);
      codes.set(personIs(who), value as Health);
      return link(who, now);
    },
    // Before the site opens, it does neither.
    register: ([who = ''], now) => (phase.latest === 'before' ? undefined : link(who, now)),
    withdraw: ([who = ''], now) => (phase.latest === 'before' ? undefined : setHealth(who, now, ['none'])),
    deny: ([who = ''], now) => deny(who, true, now),
    reinstate: ([who = ''], now) => deny(who, false, now),
    psam([post, state = ''], now) {
      psams[post === 'rear' ? 'rear' : 'front'].change(psamsThatWork.has(state) ? 'works' : 'fails', now);
      return undefined;
    },
    phase: ([value], now) => phase.change(value as Phase, now, published.version),
    network([value], now) {
      network.change(value as 'on' | 'off', now);
      return undefined;
    },
    source([value = ''], now) {
      source.change(value, now);
      // Everybody the back office asks for meanwhile becomes unknown, until it asks again.
      if (value === 'contradicting') {
        for (const history of ofPersons.values()) {
          if (history.latest !== 'none') history.change('unknown', now, published.version);
        }
      }
      // The source answers again, so the next version is fresh.
      if (value === 'ok' || value === 'contradicting') setEdition('fresh', now);
      return undefined;
    },
    data: ([state = ''], now) => setData(state, now),
  };

  function sees(version: number, now: number): void {
    if (version > published.version) published = { version, at: now };
  }

  return {
    passengers,
    isDistanceLine: start.gtfs !== undefined,
    isPilotLine: pilotLines.includes(start.line),
    phase,
    healthOf,
    psamOf: post => psams[post],
    deniedOf: who => denied.get(who),
    edition,
    network,
    source,
    emptied,
    get published() {
      return published;
    },
    sees,
    begin(command, now) {
      const [name = '', ...words] = command.split(' ');
      const change = Object.hasOwn(effects, name) ? effects[name]?.(words, now) : undefined;
      return (version, at) => {
        if (version === undefined) return;
        sees(version, at);
        change?.publishedIn(version);
      };
    },
  };
}
