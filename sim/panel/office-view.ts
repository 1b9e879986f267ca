/** The back office as the panel shows it: the phase, the feed, who is registered. */
import type { Phase } from '../../device/core/policy.ts';
import type { Bus } from '../bus/bus.ts';
import type { Passenger } from '../bus/passengers.ts';
import type { FeedState, PassengerState } from './protocol.ts';

export interface OfficeView {
  readonly phase: Phase;
  readonly siteUrl: string;
  feed(): FeedState;
  withPerson(passenger: Passenger): PassengerState;
  /** Asks for what is not told: who is registered. */
  look(): Promise<void>;
}

export function viewOffice(bus: Bus, phase: Phase): OfficeView {
  let published = { version: 0, publishedAt: 0 };
  bus.onLog((_post, { event, usable, version, linksAsOf }) => {
    if (event !== 'links' || usable !== true || Number(version) <= published.version) return;
    published = { version: Number(version), publishedAt: Number(linksAsOf) };
  });
  const siteUrl = new URL('/', bus.feedUrl).origin;
  return {
    phase,
    siteUrl,
    feed: () => ({ url: bus.feedUrl, siteUrl, ...published, isNetworkUp: true }),
    withPerson: passenger => ({
      ...passenger,
      name: passenger.id,
      phone: '',
      isRegistered: passenger.health !== 'none',
    }),
    look: async () => {},
  };
}
