/** The back office as the panel shows it: the feed, and who is registered. */
import type { Bus } from '../bus/bus.ts';
import type { FeedState, PassengerState } from './protocol.ts';

export function feedOf({ office }: Bus): FeedState {
  const { feedUrl: url, siteUrl, published, isNetworkUp } = office;
  return { url, siteUrl, version: published.version, publishedAt: published.at, isNetworkUp };
}

export function passengersOf({ office, passengers }: Bus): PassengerState[] {
  return passengers.map(passenger => ({ ...passenger, isRegistered: office.isRegistered(passenger.id) }));
}
