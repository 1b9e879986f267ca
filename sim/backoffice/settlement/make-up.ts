/**
 * Making up a missed tap-off (补登): the passenger says where they got off, and the ride is priced to there.
 *
 * Trips are known by tokens. Those of a passenger's media are computed when they ask, under the keys of the epochs that are
 * still known; nothing of it is kept but the stop of the ride.
 */
import type Database from 'better-sqlite3';
import { tokenOf } from '../../../sync/fleet-keys.ts';
import { readEpochs } from '../../../sync/publisher/epochs/epoch-keys.ts';
import { maskedAccount } from '../registration/identity.ts';
import type { MadeUp, MissedTapOff } from '../registration/registration.ts';
import type { Medium } from '../store/store.ts';
import { cardRides } from './card-rides.ts';
import { publicCircumstances } from './circumstances.ts';
import { type Circumstances, codeRides } from './code-rides.ts';
import { readCompleteness } from './completeness.ts';
import { notePast } from './past.ts';
import { readRetired } from './retired.ts';
import type { RideEntry, Tap } from './ride-entry.ts';
import { createTapReader } from './tap-reader.ts';
import { readTariffs, type Tariffs } from './tariffs.ts';

export interface MakeUp {
  /** Days; 0 for never. */
  days(): number;
  /** The newest first. */
  missedBy(media: readonly Medium[]): readonly MissedTapOff[];
  makeUp(media: readonly Medium[], ride: number, stop: string): MadeUp;
}

/** @param dir the back office's. @param now Unix milliseconds */
export function createMakeUp(dir: string, feed: string, trips: Database.Database, now: () => number): MakeUp {
  const reader = createTapReader(trips);
  const put = trips.prepare('INSERT INTO made_up VALUES (?, ?, ?) ON CONFLICT DO NOTHING');

  function read() {
    notePast(dir, feed, trips, now());
    const tariffs = readTariffs(dir);
    const completeness = readCompleteness(trips, readRetired(dir));
    const circumstances: Circumstances = {
      ...publicCircumstances(trips, tariffs),
      // Whether it is charged already makes no difference: nobody has tapped off. One that pays the shortest ride anyway cannot pay less.
      reported: (bus, from, to) => (bus !== null && completeness.isLost(bus, from, to) ? 'never' : 'all'),
    };
    return { tariffs, circumstances };
  }

  function tapsOf({ kind, account }: Medium, since: number): Tap[][] {
    return readEpochs(feed).keys.map(key => {
      const token = Buffer.from(tokenOf(key, kind, account)).toString('hex');
      return [...reader.after(token, since)];
    });
  }

  function missedBy(
    media: readonly Medium[],
    { tariffs, circumstances }: ReturnType<typeof read>,
  ): MissedTapOff[] {
    const at = now();
    const days = tariffs.policyAt(at).fare.makeUpDays;
    const since = at - days * dayMs;
    return media
      .flatMap(medium =>
        tapsOf(medium, since - tariffs.longestRideMs)
          .flatMap(taps => ridesOf(taps, circumstances))
          .map(ride => ({ ride, medium })),
      )
      .filter(({ ride }) => isMissed(ride) && ride.beganAt >= since && isOver(ride, tariffs, at))
      .map(({ ride, medium }) => shownRide(ride, medium, tariffs))
      .sort((a, b) => b.beganAt - a.beganAt);
  }

  return {
    days: () => readTariffs(dir).policyAt(now()).fare.makeUpDays,
    missedBy: media => missedBy(media, read()),
    makeUp(media, ride, stop) {
      const found = missedBy(media, read()).find(each => each.ride === ride && each.madeUp === undefined);
      if (found === undefined) return { done: false, why: 'no-ride' };
      if (!found.stops.some(({ id }) => id === stop)) return { done: false, why: 'no-stop' };
      put.run(ride, stop, now());
      const fareFen = missedBy(media, read()).find(each => each.ride === ride)?.fareFen ?? found.fareFen;
      return { done: true, kind: found.kind, fareFen, refundFen: Math.max(0, found.fareFen - fareFen) };
    },
  };
}

const dayMs = 86_400_000;

function ridesOf(taps: readonly Tap[], circumstances: Circumstances): readonly RideEntry[] {
  return taps[0]?.kind === 'ride-code'
    ? codeRides(taps, circumstances)
    : cardRides(taps, circumstances).rides;
}

/** A ride across epochs pays the shortest ride's fare: nothing could be made up. */
function isMissed({ state }: RideEntry): boolean {
  return state === 'unfinished' || state === 'made-up';
}

/** Who still rides can still tap off. */
function isOver({ line, beganAt }: RideEntry, tariffs: Tariffs, now: number): boolean {
  return beganAt + tariffs.at(line, beganAt).table.rideMaxS * 1000 < now;
}

function shownRide(ride: RideEntry, { kind, account }: Medium, tariffs: Tariffs): MissedTapOff {
  const { line, beganAt, onStop, offStop, fareFen, state, rows } = ride;
  const published = tariffs.lineAt(line, beganAt);
  const served = new Set(published?.ways?.flatMap(({ stops }) => stops));
  const stops = (published?.stops ?? []).map(({ id, zh, en }) => ({ id, name: { zh, en } }));
  const nameOf = (stop: string | null) => stops.find(({ id }) => id === stop)?.name;
  return {
    ride: rows[0] ?? 0,
    ...{ line, beganAt, kind, maskedAccount: maskedAccount(account), from: nameOf(onStop), fareFen },
    stops: stops.filter(({ id }) => served.has(id) && id !== onStop),
    madeUp: state === 'made-up' ? (nameOf(offStop) ?? { zh: offStop ?? '', en: offStop ?? '' }) : undefined,
  };
}
