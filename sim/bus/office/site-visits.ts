/** Visits to the registration site that passengers make themselves, told apart from those that a command makes. */
import type { Identity } from '../../backoffice/store/vault.ts';
import { type Passenger, personOf } from '../passengers.ts';
import type { Roster } from './roster.ts';

/** A passenger registered on the site, or withdrew. */
export interface SiteVisit {
  readonly event: 'registered' | 'withdrawn';
  readonly passenger: string;
}

export interface SiteVisits {
  /** Takes what the back office tells of every visit. */
  hear(event: SiteVisit['event'], who: Identity): void;
  /** Makes a visit for a command: listeners do not hear of it. */
  byCommand(passenger: Passenger, visit: (who: Identity) => Promise<void>): Promise<void>;
  onVisit(listener: (visit: SiteVisit) => void): void;
}

export function createSiteVisits(roster: Roster): SiteVisits {
  /** Persons for whom a command is visiting the site. */
  const commanded = new Set<string>();
  const listeners = new Set<(visit: SiteVisit) => void>();
  return {
    hear(event, who) {
      const passenger = roster.ofPerson(who);
      if (passenger === undefined || commanded.has(personOf(who))) return;
      roster.setLinked(who, event === 'registered');
      for (const listener of listeners) listener({ event, passenger: passenger.id });
    },
    async byCommand(passenger, visit) {
      commanded.add(personOf(passenger));
      try {
        await visit(passenger);
      } finally {
        commanded.delete(personOf(passenger));
      }
    },
    onVisit: listener => void listeners.add(listener),
  };
}
