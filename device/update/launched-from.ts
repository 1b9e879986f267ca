/** Where this firmware was started from, as the launcher says in its environment. */
import { resolve } from 'node:path';
import { type Slot, slots } from './boot-record.ts';

export interface Launch {
  /** The firmware's directory: `boot.json`, `a/`, `b/`. */
  readonly directory: string;
  readonly slot: Slot;
}

/** @returns undefined where no launcher has started it, as in a checkout: then there are no slots */
export function launchedFrom(environment: Readonly<Record<string, string | undefined>>): Launch | undefined {
  const { FARE_VALIDATOR_FIRMWARE: directory, FARE_VALIDATOR_SLOT: named } = environment;
  const slot = slots.find(one => one === named);
  return directory === undefined || slot === undefined ? undefined : { directory: resolve(directory), slot };
}
