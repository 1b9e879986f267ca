/** What a tester does for a passenger at the back office: health codes, registration, withdrawal, SMS. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../../../device/core/check.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import type { BackOffice } from '../../backoffice/backoffice.ts';
import { noFaults } from '../../backoffice/health/simulated-source.ts';
import { noticeVersion } from '../../backoffice/site/pages/notice-text.ts';
import type { Identity } from '../../backoffice/store/vault.ts';
import type { Passenger } from '../passengers.ts';
import type { CustomerRegister } from './customer-register.ts';
import type { Roster } from './roster.ts';
import { siteVisitor } from './site-visitor.ts';
import type { SiteVisits } from './site-visits.ts';

/** Passengers are named by their ids. What changes a link resolves to the version it is published in. */
export interface Registrations {
  /** Sets a health code and links it, without the site; `none` takes the registration away. */
  setHealth(passenger: string, health: Status | 'none'): Promise<number>;
  isRegistered(passenger: string): boolean;
  /** On the site, as the passenger does it, or somebody else by proxy. @throws WrongUsage with what the site says instead */
  register(passenger: string, isByProxy?: boolean): Promise<number>;
  /** On the site. @throws WrongUsage with what the site says instead */
  withdraw(passenger: string): Promise<number>;
  /** Hears of what passengers do on the site themselves, not by a command. */
  readonly onVisit: SiteVisits['onVisit'];
  /** Links the cards of senior passengers without their application. @returns their ids */
  linkSeniors(): Promise<readonly string[]>;
  /** Asks the source for everybody, while it answers. */
  renewAnswers(): Promise<void>;
  /** SMS the passenger's phone has received, newest first. */
  inbox(passenger: string): readonly { readonly at: number; readonly text: string }[];
}

interface Parts {
  readonly office: BackOffice;
  readonly customers: CustomerRegister;
  readonly roster: Roster;
  readonly visits: SiteVisits;
  /** Publishes what has changed, and waits until the validators have it. @returns the version */
  publish(): Promise<number>;
  /** Unix milliseconds */
  now(): number;
  /** Where the table of senior passengers is written. */
  readonly directory: string;
}

export function createRegistrations(parts: Parts): Registrations {
  const { office, customers, roster, visits, publish, now, directory } = parts;
  const { gateway, source, store } = office.parts;
  const visitor = siteVisitor(office.url, gateway);
  const canLink = (passenger: Passenger) => customers.mediaOf(passenger).length > 0;

  async function publishAnswerFor(...passengers: readonly Passenger[]): Promise<number> {
    await Promise.all(passengers.map(office.askFor));
    return publish();
  }

  return {
    async setHealth(id, health) {
      const passenger = roster.find(id);
      if (health !== 'none' && !canLink(passenger)) {
        throw new WrongUsage(`${id} has nothing that can be linked to a health code`);
      }
      roster.setHealth(passenger, health);
      if (health === 'none') await store.people.withdraw(passenger, now());
      else {
        source.setCode(passenger, { status: health });
        if (!(await hasConsented(office, passenger))) await enter(office, customers, passenger, now());
      }
      return publishAnswerFor(passenger);
    },
    isRegistered(id) {
      const passenger = roster.find(id);
      return roster.isLinked(passenger) && canLink(passenger);
    },
    async register(id, isByProxy = false) {
      const passenger = roster.find(id);
      await visits.byCommand(passenger, isByProxy ? visitor.registerByProxy : visitor.register);
      roster.setLinked(passenger, true);
      return publishAnswerFor(passenger);
    },
    async withdraw(id) {
      const passenger = roster.find(id);
      await visits.byCommand(passenger, visitor.withdraw);
      roster.setLinked(passenger, false);
      return publish();
    },
    onVisit: visits.onVisit,
    async linkSeniors() {
      const { seniors, seniorTable } = customers;
      const file = join(directory, 'seniors.csv');
      writeFileSync(file, seniorTable);
      await office.importSeniors(file);
      for (const senior of seniors) {
        if (await hasConsented(office, senior)) roster.setLinked(senior, true);
      }
      await publishAnswerFor(...seniors);
      return seniors.map(({ id }) => id);
    },
    async renewAnswers() {
      if (source.faults !== noFaults) return;
      await Promise.all(roster.passengers().filter(canLink).map(office.askFor));
    },
    inbox: id => gateway.inbox(roster.find(id).phone),
  };
}

/** Registers everybody whose health code is to be found, before the bus starts. */
export async function registerAll(
  office: BackOffice,
  customers: CustomerRegister,
  passengers: readonly Passenger[],
  now: () => number,
): Promise<void> {
  for (const passenger of passengers) {
    if (passenger.health === 'none' || customers.mediaOf(passenger).length === 0) continue;
    office.parts.source.setCode(passenger, { status: passenger.health });
    await enter(office, customers, passenger, now());
    await office.askFor(passenger);
  }
}

/** Registers a person without the site. */
async function enter(
  { parts }: BackOffice,
  customers: CustomerRegister,
  who: Identity,
  at: number,
): Promise<void> {
  const consent = { at, textVersion: noticeVersion, basis: 'consent' } as const;
  await parts.store.people.register(who, customers.mediaOf(who), consent);
}

async function hasConsented({ parts }: BackOffice, who: Identity): Promise<boolean> {
  return (await parts.store.people.find(who))?.consent !== undefined;
}
