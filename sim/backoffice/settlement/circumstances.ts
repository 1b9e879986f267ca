/** What rides depend on besides the taps of their passengers and the validators' reports. */
import type Database from 'better-sqlite3';
import type { Circumstances } from './code-rides.ts';
import type { Tariffs } from './tariffs.ts';

export function publicCircumstances(
  trips: Database.Database,
  tariffs: Tariffs,
): Omit<Circumstances, 'reported'> {
  const epochs = trips.prepare<[], number>('SELECT since FROM epoch ORDER BY since').pluck().all();
  const made = trips.prepare<[], { ride: number; stop: string }>('SELECT ride, stop FROM made_up').all();
  const madeUp = new Map(made.map(({ ride, stop }) => [ride, stop]));
  return {
    tariffs,
    // A validator goes on under the old key until it has the new one, for as long as the policy believes its data.
    changesTokens: (from, to) =>
      epochs.some(
        since => since <= to && from <= since + tariffs.policyAt(since).freshness.linksMaxAgeS * 1000,
      ),
    madeUpStop: ride => madeUp.get(ride),
  };
}
