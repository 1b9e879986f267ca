/** The bus's back office: the real one, with the passengers as its customers, and what a tester does to it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Phase } from '../../../device/core/phase.ts';
import type { Log } from '../../../device/kit/log.ts';
import { type BackOffice, startBackOffice } from '../../backoffice/backoffice.ts';
import type { BackOfficeOptions } from '../../backoffice/backoffice-options.ts';
import type { Opening } from '../../backoffice/journal-rows.ts';
import { createSite } from '../../backoffice/site/site.ts';
import { openingOf, uplinkPlaces } from '../../backoffice/uplink/office-keys.ts';
import type { Issuer } from '../../media/authority.ts';
import type { BusLog } from '../bus-log.ts';
import { writeLines } from '../line-stops.ts';
import type { Passenger } from '../passengers.ts';
import type { PostName } from '../validator-post.ts';
import type { SharedFiles } from '../validator-settings.ts';
import { type CustomerRegister, createCustomerRegister } from './customer-register.ts';
import { createDelivery } from './delivery.ts';
import { createDeniedList, type DeniedList, writeDeniedTable } from './denied-list.ts';
import { createPublication, type Publication } from './publication.ts';
import { createRegistrations, type Registrations, registerAll } from './registrations.ts';
import { createRoster } from './roster.ts';
import { createSettling, type Settling } from './settling.ts';
import { createSiteVisits } from './site-visits.ts';
import { type PilotMoment, type PolicyRules, writeTrustAndPolicy } from './trust-and-policy.ts';

export interface BusOffice extends Registrations, Publication, DeniedList, Settling {
  /** What the validators are given, but for their keys. */
  readonly files: Omit<SharedFiles, 'fleetKeys'>;
  /** Enrols a validator, and writes its keys file and its signing key's. */
  enrol(device: string, keysFile: string, signing: string): Promise<void>;
  /** The registration site. */
  readonly siteUrl: string;
  readonly feedUrl: string;
  /** Of MQTT. */
  readonly brokerUrl: string;
  /** The file of public keys that validators are given for the uplink. */
  readonly uplinkKeys: string;
  /** What opens the rows that are sealed for it. */
  readonly opening: Opening;
  /** Issues the passengers' ride codes. */
  readonly issuer: Issuer;
  /** As they are now. */
  readonly passengers: readonly Passenger[];
  readonly phase: Phase;
  readonly isNetworkUp: boolean;
  /** What it does by itself as time goes by: asks for everybody, and publishes. */
  renew(): Promise<void>;
  /** The shortest time in which data grows too old. */
  readonly freshMs: number;
  /** The last version of the feed, and when it was published, in Unix milliseconds by this computer's clock. */
  readonly published: { readonly version: number; readonly at: number };
  close(): Promise<void>;
}

export interface BusOfficeOptions {
  readonly directory: string;
  /** Unix milliseconds */
  readonly now: () => number;
  /** Where the pilot is now, whatever the date is. */
  readonly phase: PilotMoment;
  readonly rules: PolicyRules;
  /** A GTFS feed to publish, instead of a few stops of line 2. */
  readonly gtfs: string | undefined;
  readonly passengers: readonly Passenger[];
  /** What the validators log. */
  readonly busLog: BusLog;
  /** The directories of the validators' link caches. */
  readonly caches: Readonly<Record<PostName, string>>;
  /** Whether a validator's own wire into the network is pulled. */
  readonly isCutOff: (post: PostName) => boolean;
  /** Called when the network goes down, or comes back. */
  readonly networkChanged: (isUp: boolean) => void;
  readonly log: Log;
}

const pollS = 0.5;
const liveWithinMs = 10_000;
/** Testers' machines are one address, and their passengers register often. */
const limitless = 1_000_000;
const codeLimits = {
  addressPerHour: limitless,
  networkPerHour: limitless,
  areaPerHour: limitless,
  addressToPhonePerHour: limitless,
  phonePerHour: limitless,
  phonePerDay: limitless,
};
/** Well within the policy's freshness limits; a change is published at once. */
const publishTimes = {
  everyMs: 10 * 60_000,
  debounceMs: 50,
  pauseMs: 300,
  atMost: { publications: 15, withinMs: 10_000 },
};
const frameAncestors = ["'self'", 'http://127.0.0.1:*', 'http://localhost:*'];

export async function startBusOffice(options: BusOfficeOptions): Promise<BusOffice> {
  const { directory, passengers, now, log } = options;
  const trust = writeTrustAndPolicy(directory, options.phase, now(), options.rules);
  const customers = createCustomerRegister(passengers);
  const roster = createRoster(passengers);
  const visits = createSiteVisits(roster);
  const delivery = createDelivery(options.busLog, options.caches, options.isCutOff, options.networkChanged);
  const office = await openOffice(directory, customers, {
    opensAt: () => trust.opensAt,
    policyFile: trust.files.policy,
    gtfs: options.gtfs,
    isFeedUp: () => delivery.isNetworkUp,
    heard: visits.hear,
    now,
    log,
  });
  await registerAll(office, customers, passengers, now);
  await office.parts.publishing.now();

  const publication = createPublication(office, trust, delivery, now);
  const { publishChange: publish } = publication;
  const registrations = createRegistrations({
    office,
    customers,
    roster,
    visits,
    publish,
    now,
    directory,
  });
  return {
    ...registrations,
    ...publication,
    ...createDeniedList(deniedTable(directory), roster, customers, publish),
    ...createSettling(officeDirectory(directory), office.parts.settlement),
    files: sharedFiles(trust.files, office),
    async enrol(device, keysFile, signing) {
      office.uplink?.enrol(device, signing);
      await office.enrol(device, keysFile);
    },
    siteUrl: office.url,
    feedUrl: office.feedUrl,
    brokerUrl: office.uplink?.url ?? '',
    uplinkKeys: office.uplink?.office ?? '',
    opening: openingOf(uplinkPlaces(officeDirectory(directory))),
    issuer: trust.issuer,
    get passengers() {
      return roster.passengers();
    },
    get phase() {
      return trust.phaseAt(now());
    },
    async renew() {
      await registrations.renewAnswers();
      await publication.publishChange();
    },
    get freshMs() {
      const { statusMaxAgeS, linksMaxAgeS } = trust.freshness;
      return 1000 * Math.min(statusMaxAgeS, linksMaxAgeS);
    },
    get isNetworkUp() {
      return delivery.isNetworkUp;
    },
    get published() {
      const { last, lastAt } = office.parts.publishing;
      return { version: last?.version ?? 0, at: lastAt - now() + Date.now() };
    },
    close: office.close,
  };
}

type Hooks = Pick<
  BackOfficeOptions,
  'opensAt' | 'policyFile' | 'gtfs' | 'isFeedUp' | 'heard' | 'now' | 'log'
>;

const officeDirectory = (directory: string) => join(directory, 'office');
const deniedTable = (directory: string) => join(directory, 'denied.csv');

/** @param customers who owns what. Each bus makes its cards and codes anew, so it begins with an empty office */
async function openOffice(
  directory: string,
  { table, crewTable }: Pick<CustomerRegister, 'table' | 'crewTable'>,
  hooks: Hooks,
): Promise<BackOffice> {
  const home = officeDirectory(directory);
  for (const end of ['', '-keys', '-offline']) rmSync(home + end, { recursive: true, force: true });
  const mediaFile = join(directory, 'media.csv');
  writeFileSync(mediaFile, table);
  const crewCardsFile = join(directory, 'crew-cards.csv');
  writeFileSync(crewCardsFile, crewTable);
  const deniedFile = deniedTable(directory);
  writeDeniedTable(deniedFile, []);
  const linesFile = join(directory, 'lines.yaml');
  if (hooks.gtfs === undefined) writeLines(linesFile);
  const site = { https: false, frameAncestors, requestsPerMinute: limitless, codesPerSecond: limitless };
  return startBackOffice(
    {
      port: 0,
      mqttPort: 0,
      directory: home,
      mediaFile,
      linesFile,
      crewCardsFile,
      deniedFile,
      sim: true,
      codeLimits,
      liveWithinMs,
      publishTimes,
      ...hooks,
    },
    registration => createSite(registration, { ...site, tell: hooks.log.error }),
  );
}

function sharedFiles(
  files: Pick<SharedFiles, 'trust' | 'policy'>,
  { trust, feedUrl }: BackOffice,
): Omit<SharedFiles, 'fleetKeys'> {
  return { ...files, feed: { url: feedUrl, root: trust.root, pollS } };
}
