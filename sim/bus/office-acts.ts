/** What a tester does at the back office, each done once the validators know of it. */
import type { Status } from '../../device/core/check.ts';
import type { Phase } from '../../device/core/policy.ts';
import { candidates, takeAway } from '../../sync/cache/directory.ts';
import { WrongUsage } from '../wrong-usage.ts';
import type { BusOffice, Published, SourceState } from './back-office.ts';
import type { BusLog } from './bus-log.ts';
import type { LogLine } from './firmware-process.ts';
import type { Passenger } from './passengers.ts';
import { personOf } from './passengers.ts';
import { type PilotMoment, phaseOf } from './trust-and-policy.ts';
import type { PostName } from './validator-post.ts';
import type { BusEvent } from './words.ts';

/** What the validators hold: what is published now, the same as of two days ago, or nothing and no network. */
export const dataStates = ['fresh', 'stale', 'missing'] as const;
export type DataState = (typeof dataStates)[number];

export interface OfficeActs {
  /** As they are now. */
  readonly passengers: readonly Passenger[];
  readonly phase: Phase;
  readonly isNetworkUp: boolean;
  readonly siteUrl: string;
  readonly feedUrl: string;
  readonly published: Published;
  /** Changes a health code; `none` takes the registration away. @returns the version it is published in */
  setHealth(passenger: string, health: Status | 'none'): Promise<number>;
  isRegistered(passenger: string): boolean;
  /** On the registration site, as the passenger does it. @throws WrongUsage with what the site says instead. @returns as `setHealth` */
  register(passenger: string): Promise<number>;
  /** @throws as `register`. @returns as `setHealth` */
  withdraw(passenger: string): Promise<number>;
  /** Hears of what passengers have done on the site themselves: the command that does the same, and its outcome. */
  onVisit(listener: (line: string, outcome: BusEvent) => void): void;
  /** Links the cards of senior passengers without their application. @returns their ids */
  linkSeniors(): Promise<readonly string[]>;
  /** SMS the passenger's phone has received, newest first. */
  inbox(passenger: string): readonly { readonly at: number; readonly text: string }[];
  /** How the health-code source answers. */
  setSource(state: SourceState): void;
  /** @returns as `setHealth` */
  setPhase(moment: PilotMoment): Promise<number>;
  /** @returns the version */
  publish(): Promise<number>;
  /** @returns as `setHealth`; undefined where nothing is published */
  setData(state: DataState): Promise<number | undefined>;
  /** Whether the validators reach the feed. */
  setNetwork(isUp: boolean): void;
}

interface Parts {
  readonly office: BusOffice;
  readonly log: BusLog;
  readonly passengers: readonly Passenger[];
  readonly phase: Phase;
  /** The validators' link caches. */
  readonly caches: Readonly<Record<PostName, string>>;
}

/** A few polls; longer where the network has been away. */
const takeUpLimitMs = 8000;
const isOfLinks = ({ event, part }: LogLine) =>
  event === 'links' || (event === 'part-fault' && part === 'links');

export function createOfficeActs({ office, log, passengers, caches, ...given }: Parts): OfficeActs {
  /** What the source says of those whose code has been set, linked or not; of the others it says green. */
  const codes = new Map<string, Status>();
  /** Whose code taps find. */
  const linked = new Set<string>();
  for (const passenger of passengers) setCode(passenger, passenger.health);
  const posts = Object.keys(caches) as PostName[];
  let { phase } = given;
  let isNetworkUp = true;

  /** Whose visits to the site are commands. */
  const led = new Set<string>();
  const listeners = new Set<(line: string, outcome: BusEvent) => void>();
  office.onVisit((event, who) => {
    const passenger = passengers.find(each => personOf(each) === personOf(who));
    if (passenger === undefined || led.has(personOf(who))) return;
    setLinked(passenger, event === 'registered');
    const line = `${event === 'registered' ? 'register' : 'withdraw'} ${passenger.id}`;
    for (const listener of listeners) listener(line, { event, passenger: passenger.id });
  });

  function setLinked(passenger: Passenger, isLinked: boolean): void {
    if (isLinked) linked.add(personOf(passenger));
    else linked.delete(personOf(passenger));
  }

  function setCode(passenger: Passenger, health: Status | 'none'): void {
    setLinked(passenger, health !== 'none');
    if (health !== 'none') codes.set(personOf(passenger), health);
  }

  function healthOf(passenger: Passenger): Status | 'none' {
    return linked.has(personOf(passenger)) ? (codes.get(personOf(passenger)) ?? 'green') : 'none';
  }

  function lead(passenger: Passenger, visit: (who: Passenger) => Promise<number>): Promise<number> {
    led.add(personOf(passenger));
    return visit(passenger).finally(() => led.delete(personOf(passenger)));
  }

  function find(id: string): Passenger {
    const passenger = passengers.find(each => each.id === id);
    if (passenger === undefined) throw new WrongUsage(`there is no passenger ${id}: type list`);
    return passenger;
  }

  async function takenUp(version: number): Promise<number> {
    if (isNetworkUp) await Promise.all(posts.map(post => log.reached(post, version, takeUpLimitMs)));
    return version;
  }

  function setNetwork(isUp: boolean): void {
    isNetworkUp = isUp;
    office.setNetwork(isUp);
  }

  async function loseData(): Promise<undefined> {
    const lost = Promise.all(posts.map(post => log.next(post, isOfLinks, takeUpLimitMs)));
    setNetwork(false);
    for (const cache of Object.values(caches)) emptyCache(cache);
    await lost;
    return undefined;
  }

  return {
    get passengers() {
      return passengers.map(passenger => ({ ...passenger, health: healthOf(passenger) }));
    },
    get phase() {
      return phase;
    },
    get isNetworkUp() {
      return isNetworkUp;
    },
    siteUrl: office.url,
    feedUrl: office.feedUrl,
    get published() {
      return office.published();
    },
    isRegistered(id) {
      const passenger = find(id);
      return linked.has(personOf(passenger)) && office.canLink(passenger);
    },
    async setHealth(id, health) {
      const passenger = find(id);
      if (health !== 'none' && !office.canLink(passenger)) {
        throw new WrongUsage(`${id} has nothing that can be linked to a health code`);
      }
      setCode(passenger, health);
      return takenUp(await office.setHealth(passenger, health));
    },
    async register(id) {
      const passenger = find(id);
      const version = await lead(passenger, office.register);
      setLinked(passenger, true);
      return takenUp(version);
    },
    async withdraw(id) {
      const passenger = find(id);
      const version = await lead(passenger, office.withdraw);
      setLinked(passenger, false);
      return takenUp(version);
    },
    async linkSeniors() {
      const { seniors, version } = await office.linkSeniors();
      for (const senior of seniors) {
        if (await office.isRegistered(senior)) setLinked(senior, true);
      }
      await takenUp(version);
      return seniors.map(({ id }) => id);
    },
    onVisit: listener => void listeners.add(listener),
    inbox: id => office.inbox(find(id)),
    setSource: office.setSource,
    async setPhase(next) {
      const taken =
        next === phase || !isNetworkUp
          ? []
          : posts.map(post => log.next(post, ({ event }) => event === 'policy', takeUpLimitMs));
      phase = phaseOf(next);
      const version = await takenUp(await office.setPhase(next));
      await Promise.all(taken);
      return version;
    },
    async publish() {
      return takenUp(await office.publish());
    },
    async setData(state) {
      if (state === 'missing') return loseData();
      setNetwork(true);
      return takenUp(await office.setStale(state === 'stale'));
    },
    setNetwork,
  };
}

function emptyCache(cache: string): void {
  for (const generation of candidates(cache)) takeAway(cache, generation);
}
