/** A scenario as the runner takes it: checked, and with the places its failures are told at. */
import type { Place } from '../../device/settings/parsed-yaml.ts';
import type { Expectation, Given } from './schema.ts';

export interface Scenario {
  readonly file: string;
  readonly name: string;
  readonly given: Given;
  readonly steps: readonly Step[];
}

export interface Step {
  /** As it is typed on the bus; undefined where a step only expects something. */
  readonly command: string | undefined;
  readonly expect: Expectation;
  readonly place: Place;
  /** Where what is expected of this stands. */
  placeOf(expected: keyof Expectation): Place;
}
