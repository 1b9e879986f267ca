/** The back office as the panel shows it: the feed, and who is registered, which has to be asked for. */
import type { Bus } from '../bus/bus.ts';
import type { Passenger } from '../bus/passengers.ts';
import type { FeedState, PassengerState } from './protocol.ts';

export interface OfficeView {
  feed(): FeedState;
  /** With what the last look has found. */
  withRegistration(passenger: Passenger): PassengerState;
  look(): Promise<void>;
}

export function viewOffice({ office, passengers }: Bus): OfficeView {
  const registered = new Set<string>();
  return {
    feed() {
      const { feedUrl: url, siteUrl, published, isNetworkUp } = office;
      return { url, siteUrl, version: published.version, publishedAt: published.at, isNetworkUp };
    },
    withRegistration: passenger => ({ ...passenger, isRegistered: registered.has(passenger.id) }),
    async look() {
      for (const { id } of passengers) {
        if (await office.isRegistered(id)) registered.add(id);
        else registered.delete(id);
      }
    },
  };
}
