/** Reads a scenario file, and reports all its problems at once, each with file, line and column. */

import { dirname, resolve } from 'node:path';
import { describeIssues } from '../../../device/kit/describe-issues.ts';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { readInput } from '../../../device/kit/input-file.ts';
import { type LocatedYaml, type Place, type Problem, parseYaml } from '../../../device/kit/located-yaml.ts';
import { printable } from '../../../device/kit/printable.ts';
import { decodeUtf8, NotUtf8 } from '../../../device/kit/text.ts';
import { FileProblems, missing } from '../../../device/kit/yaml-file.ts';
import { imageOf } from '../../bus/belongings.ts';
import { type Passenger, usualPassengers, withFilesFrom } from '../../bus/passengers.ts';
import { pathOfHeld, withInlineCards } from './inline-cards.ts';
import { type Expectation, type Given, type RawStep, scenarioSchema } from './schema.ts';
import { commandOf, problemsOfStep } from './step-problems.ts';

const maxBytes = 1 << 20;
const start: Place = { line: 1, column: 1 };

/** A checked scenario, with the places where failures are reported. */
export interface Scenario {
  readonly file: string;
  readonly name: string;
  readonly given: Given;
  /** Those given, and one for each card that a step brings. */
  readonly passengers: readonly Passenger[];
  readonly steps: readonly Step[];
}

export interface Step {
  /** As typed on the bus; undefined if the step only expects something. */
  readonly command: string | undefined;
  readonly expect: Expectation;
  readonly place: Place;
  /** Place of this expectation in the file. */
  placeOf(expected: keyof Expectation): Place;
}

/** @throws FileProblems */
export function readScenario(file: string): Scenario {
  return parseScenario(textOf(file), file);
}

/** @throws WrongUsage where it cannot be read; FileProblems where it is not UTF-8 */
function textOf(file: string): string {
  try {
    return decodeUtf8(readInput(file, maxBytes));
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    refuseIfAny([{ place: error.place, message: error.what }], file);
    throw error;
  }
}

/** @param file the text's name; paths in the text are relative to it */
export function parseScenario(text: string, file: string): Scenario {
  const yaml = parseYaml(text);
  refuseIfAny(yaml.problems.map(inOneScenario), file);
  const parsed = scenarioSchema.safeParse(yaml.value, { error: missing });
  if (!parsed.success) {
    refuseIfAny([...yaml.suspects(), ...describeIssues(parsed.error.issues, yaml)], file);
    throw parsed.error;
  }
  const { name, steps } = parsed.data;
  const given = withGtfsFrom(file, parsed.data.given);
  const inline = withInlineCards(passengersOf(given, file), steps, yaml);
  const passengers = withFilesFrom(file, inline.passengers);
  const { wires = 'vpcd', displays = 'terminal' } = given;
  const surroundings = { file, passengers, wires, displays, isUsualLine: given.gtfs === undefined };
  refuseIfAny(
    [
      ...problemsOfTimes(given, yaml),
      ...inline.problems,
      ...problemsOfImages(passengers, steps, yaml),
      ...steps.flatMap((step, index) => problemsOfStep(step, index, yaml, surroundings)),
    ],
    file,
  );
  return {
    file,
    name,
    given,
    passengers,
    steps: steps.map((step, index) => toStep(step, index, yaml, file)),
  };
}

/** The path is relative to the file. */
function withGtfsFrom(file: string, given: Given): Given {
  return given.gtfs === undefined ? given : { ...given, gtfs: resolve(dirname(file), given.gtfs) };
}

export function passengersOf({ passengers }: Given, file: string): readonly Passenger[] {
  return passengers === undefined || passengers === 'usual'
    ? usualPassengers
    : withFilesFrom(file, passengers);
}

/** `at` sets the clocks, the others where the pilot's calendar is by them: of these only one can be. */
function problemsOfTimes(given: Given, yaml: LocatedYaml): Problem[] {
  const [first, second] = (['phase', 'time'] as const).filter(key => given[key] !== undefined);
  if (first === undefined || second === undefined) return [];
  const message = `given: ${first} and ${second} are one too many`;
  return [{ place: yaml.placeOfKey(['given'], second), message }];
}

/** Reads the images' files now: when the bus starts would be too late. */
function problemsOfImages(
  passengers: readonly Passenger[],
  steps: readonly RawStep[],
  yaml: LocatedYaml,
): Problem[] {
  return passengers.flatMap((passenger, index) => {
    if (passenger.medium !== 'card-image') return [];
    try {
      imageOf(passenger);
      return [];
    } catch (error) {
      if (!(error instanceof WrongUsage)) throw error;
      const path = pathOfHeld(passenger.id, steps) ?? ['given', 'passengers', index, 'file'];
      return [{ place: yaml.placeOf(path), message: error.message }];
    }
  });
}

function toStep(step: RawStep, index: number, yaml: LocatedYaml, file: string): Step {
  const path = ['steps', index];
  return {
    command: commandOf(step, index, file),
    expect: step.expect ?? {},
    place: yaml.placeOf(path) ?? start,
    placeOf: expected => yaml.placeOfKey([...path, 'expect'], expected) ?? start,
  };
}

/** YAML allows several documents in a file, a scenario does not. */
function inOneScenario(problem: Problem): Problem {
  return problem.code === 'MULTIPLE_DOCS'
    ? { ...problem, message: 'a file is one scenario: a second begins here' }
    : problem;
}

function refuseIfAny(problems: readonly Problem[], file: string): void {
  if (problems.length === 0) return;
  const lines = problems
    .map(({ place = start, message }) => ({ ...place, message }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, column, message }) => `${printable(file)}:${line}:${column}: ${printable(message)}`);
  throw new FileProblems(lines.join('\n'));
}
