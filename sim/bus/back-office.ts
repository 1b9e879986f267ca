/** The bus's back office: the real one, with the passengers in its customer register, and what a tester does to it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../../device/core/check.ts';
import type { Log } from '../../device/log.ts';
import { type BackOffice, startBackOffice } from '../backoffice/backoffice.ts';
import type { BackOfficeOptions } from '../backoffice/backoffice-options.ts';
import { noFaults, type SourceFaults } from '../backoffice/health/simulated-source.ts';
import { isOurs } from '../backoffice/register/media-table.ts';
import { noticeVersion } from '../backoffice/site/pages/notice-text.ts';
import { createSite } from '../backoffice/site/site.ts';
import type { Medium } from '../backoffice/store/store.ts';
import type { Issuer } from '../media/authority.ts';
import { type Owned, ownedBy } from './belongings.ts';
import { writeLines } from './line-stops.ts';
import { type Passenger, personOf } from './passengers.ts';
import { siteVisitor } from './site-visitor.ts';
import {
  dayMs,
  openingOf,
  type PilotMoment,
  type PolicyRules,
  writeTrustAndPolicy,
} from './trust-and-policy.ts';
import type { SharedFiles } from './validator-post.ts';

export const sourceStates = {
  ok: noFaults,
  failing: { ...noFaults, failing: 1 },
  slow: { ...noFaults, slowMs: 60_000 },
  contradicting: { ...noFaults, contradicting: true },
} as const satisfies Readonly<Record<string, SourceFaults>>;
export type SourceState = keyof typeof sourceStates;

/** The last version of the feed. */
export interface Published {
  readonly version: number;
  /** Unix milliseconds */
  readonly at: number;
}

type Visited = NonNullable<BackOfficeOptions['heard']>;

export interface BusOffice {
  readonly files: SharedFiles;
  /** The registration site. */
  readonly url: string;
  readonly feedUrl: string;
  published(): Published;
  /** Issues the passengers' ride codes. */
  readonly issuer: Issuer;
  /** Whether the passenger's person is registered. */
  isRegistered(passenger: Passenger): Promise<boolean>;
  /** Whether there is anything the passenger could link. */
  canLink(passenger: Passenger): boolean;
  /** The health code, or no registration at all, without the site. @returns the version it is published in */
  setHealth(passenger: Passenger, health: Status | 'none'): Promise<number>;
  /** The three steps on the site. @returns the version it is published in. @throws WrongUsage with what the site says */
  register(passenger: Passenger): Promise<number>;
  /** On the site. @returns as `register` */
  withdraw(passenger: Passenger): Promise<number>;
  /** Links the cards of senior passengers without their application. @returns who they are, and the version */
  linkSeniors(): Promise<{ readonly seniors: readonly Passenger[]; readonly version: number }>;
  /** Hears who has registered or withdrawn on the site, by a command or not. */
  onVisit(listener: Visited): void;
  /** SMS the passenger's phone has received, newest first. */
  inbox(passenger: Passenger): readonly { readonly at: number; readonly text: string }[];
  setSource(state: SourceState): void;
  /** As if the health-code source had been silent for two days, or as it is. @returns the version */
  setStale(isStale: boolean): Promise<number>;
  setPhase(moment: PilotMoment): Promise<number>;
  /** @returns the version */
  publish(): Promise<number>;
  /** Whether the validators reach the feed. */
  setNetwork(isUp: boolean): void;
  close(): Promise<void>;
}

const pollS = 0.5;
const liveWithinMs = 10_000;
/** Testers' machines are one address, and their passengers register often. */
const limitless = 1_000_000;
const codeLimits = {
  addressPerHour: limitless,
  addressToPhonePerHour: limitless,
  phonePerHour: limitless,
  phonePerDay: limitless,
};
/** Well within the freshness limits of the policy; what changes is published at once. */
const publishTimes = {
  everyMs: 10 * 60_000,
  debounceMs: 50,
  pauseMs: 300,
  atMost: { publications: 15, withinMs: 10_000 },
};
const frameAncestors = ["'self'", 'http://127.0.0.1:*', 'http://localhost:*'];

/** @param moment where the pilot is now, whatever the real date is */
export async function startBusOffice(
  directory: string,
  moment: PilotMoment,
  rules: PolicyRules,
  passengers: readonly Passenger[],
  log: Log,
): Promise<BusOffice> {
  const trust = writeTrustAndPolicy(directory, moment, Date.now(), rules);
  const linesFile = join(directory, 'lines.yaml');
  writeLines(linesFile);
  const data = join(directory, 'office');
  // The passengers' cards and codes are new each time, and so is what is known of them.
  rmSync(data, { recursive: true, force: true });
  const mediaFile = join(directory, 'media.csv');
  const owned = passengers.flatMap((passenger, i) => {
    const medium = ownedBy(passenger, i);
    return medium === undefined ? [] : [{ ...medium, passenger }];
  });
  writeFileSync(mediaFile, mediaTable(owned));
  let opensAt = openingOf(moment, Date.now());
  let isUp = true;
  const visited = new Set<Visited>();
  const office = await startBackOffice(
    {
      port: 0,
      directory: data,
      mediaFile,
      sim: true,
      opensAt: () => opensAt,
      policyFile: trust.files.policy,
      linesFile,
      codeLimits,
      liveWithinMs,
      publishTimes,
      isFeedUp: () => isUp,
      heard: (event, who) => {
        for (const listener of visited) listener(event, who);
      },
      log,
    },
    registration =>
      createSite(registration, {
        https: false,
        frameAncestors,
        requestsPerMinute: limitless,
        tell: log.error,
      }),
  );
  const mediaOf = linkable(owned);
  const visitor = siteVisitor(office.url, office.parts.gateway);
  const { source, store, publishing } = office.parts;

  async function publish(): Promise<number> {
    const { version } = await publishing.now();
    return version;
  }

  async function asked(passenger: Passenger): Promise<number> {
    await office.askFor(passenger);
    return publish();
  }

  async function register(passenger: Passenger): Promise<void> {
    const consent = { at: Date.now(), textVersion: noticeVersion, basis: 'consent' } as const;
    await store.people.register(passenger, mediaOf.get(personOf(passenger)) ?? [], consent);
  }

  async function isRegistered(passenger: Passenger): Promise<boolean> {
    return (await store.people.find(passenger))?.consent !== undefined;
  }

  for (const passenger of passengers) {
    if (passenger.health === 'none' || !mediaOf.has(personOf(passenger))) continue;
    source.setCode(passenger, { status: passenger.health });
    await register(passenger);
    await office.askFor(passenger);
  }
  await publish();

  return {
    files: sharedFiles(trust.files, office),
    url: office.url,
    feedUrl: office.feedUrl,
    published: () => ({ version: publishing.last?.version ?? 0, at: publishing.lastAt }),
    issuer: trust.issuer,
    isRegistered,
    canLink: passenger => mediaOf.has(personOf(passenger)),
    async setHealth(passenger, health) {
      if (health === 'none') await store.people.withdraw(passenger, Date.now());
      else {
        source.setCode(passenger, { status: health });
        if (!(await isRegistered(passenger))) await register(passenger);
      }
      return asked(passenger);
    },
    async register(passenger) {
      await visitor.register(passenger);
      return asked(passenger);
    },
    async withdraw(passenger) {
      await visitor.withdraw(passenger);
      return publish();
    },
    async linkSeniors() {
      const cards = owned.filter(
        ({ passenger }) => passenger.medium === 't-union' && passenger.kind === 'senior',
      );
      const seniors = cards.map(({ passenger }) => passenger);
      const file = join(directory, 'seniors.csv');
      writeFileSync(file, mediaTable(cards));
      await office.importSeniors(file);
      await Promise.all(seniors.map(office.askFor));
      return { seniors, version: await publish() };
    },
    onVisit: listener => void visited.add(listener),
    inbox: ({ phone }) => office.parts.gateway.inbox(phone),
    setSource: state => source.setFaults(sourceStates[state]),
    async setStale(isStale) {
      source.setFaults(isStale ? sourceStates.failing : noFaults);
      await store.health.sourceAnswered(Date.now() - (isStale ? 2 * dayMs : 0));
      return publish();
    },
    async setPhase(next) {
      trust.setPhase(next, Date.now());
      opensAt = openingOf(next, Date.now());
      return publish();
    },
    publish,
    setNetwork(up) {
      isUp = up;
    },
    close: office.close,
  };
}

function sharedFiles(
  files: Pick<SharedFiles, 'trust' | 'policy'>,
  { trust, feedUrl }: BackOffice,
): SharedFiles {
  return { ...files, fleetKeys: trust.keys, feed: { url: feedUrl, root: trust.root, pollS } };
}

/** With whose it is. */
interface RegisterRow extends Owned {
  readonly passenger: Passenger;
}

function mediaTable(owned: readonly RegisterRow[]): string {
  const rows = owned.map(
    ({ passenger: { phone, name }, medium, account }) => `${phone},${name},${medium},${account}`,
  );
  return ['phone,name,medium,account', ...rows, ''].join('\n');
}

/** Each person's media of the bus group's, where there are any. */
function linkable(owned: readonly RegisterRow[]): ReadonlyMap<string, readonly Medium[]> {
  const mediaOf = new Map<string, Medium[]>();
  for (const { passenger, medium: kind, account } of owned) {
    if (!isOurs(kind)) continue;
    const person = personOf(passenger);
    mediaOf.set(person, [...(mediaOf.get(person) ?? []), { kind, account }]);
  }
  return mediaOf;
}
