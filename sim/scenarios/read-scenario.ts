/** Reads a scenario file; everything wrong with it is told at once, each with file, line and column. */
import { FileProblems, missing } from '../../device/settings/yaml-file.ts';
import { type Passenger, usualPassengers, withFilesFrom } from '../bus/passengers.ts';
import { readImage } from '../inspect/card.ts';
import { readInput } from '../read-input.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { describeIssues } from './describe-issues.ts';
import { type LocatedYaml, type Problem, parseLocated } from './located-yaml.ts';
import type { Scenario, Step } from './scenario.ts';
import { type Given, type RawStep, scenarioSchema } from './schema.ts';
import { commandOf, problemsOfStep } from './step-problems.ts';

const maxBytes = 1 << 20;

/** @throws FileProblems */
export function readScenario(file: string): Scenario {
  return parseScenario(readInput(file, maxBytes).toString('utf8'), file);
}

/** @param file what the text is called, and what paths in it are relative to */
export function parseScenario(text: string, file: string): Scenario {
  const yaml = parseLocated(text);
  refuseIfAny(yaml.problems, file);
  const parsed = scenarioSchema.safeParse(yaml.value, { error: missing });
  if (!parsed.success) {
    refuseIfAny(describeIssues(parsed.error.issues, yaml), file);
    throw parsed.error;
  }
  const { name, given, steps } = parsed.data;
  const surroundings = { file, passengers: passengersOf(given, file), wires: given.wires ?? 'vpcd' };
  const bothTimes = given.phase !== undefined && given.time !== undefined;
  refuseIfAny(
    [
      ...(bothTimes
        ? [{ place: yaml.placeOfKey(['given'], 'time'), message: 'given: phase and time are one too many' }]
        : []),
      ...problemsOfImages(surroundings.passengers, yaml),
      ...steps.flatMap((step, index) => problemsOfStep(step, index, yaml, surroundings)),
    ],
    file,
  );
  return { file, name, given, steps: steps.map((step, index) => toStep(step, index, yaml, file)) };
}

export function passengersOf({ passengers }: Given, file: string): readonly Passenger[] {
  return passengers === undefined || passengers === 'usual'
    ? usualPassengers
    : withFilesFrom(file, passengers);
}

/** Their files are read when the bus starts, and that is too late. */
function problemsOfImages(passengers: readonly Passenger[], yaml: LocatedYaml): Problem[] {
  return passengers.flatMap((passenger, index) => {
    if (passenger.medium !== 'card-image') return [];
    try {
      readImage(passenger.file);
      return [];
    } catch (error) {
      if (!(error instanceof WrongUsage)) throw error;
      return [{ place: yaml.placeOf(['given', 'passengers', index, 'file']), message: error.message }];
    }
  });
}

function toStep(step: RawStep, index: number, yaml: LocatedYaml, file: string): Step {
  const path = ['steps', index];
  return {
    command: commandOf(step, file),
    expect: step.expect ?? {},
    place: yaml.placeOf(path),
    placeOf: expected => yaml.placeOfKey([...path, 'expect'], expected),
  };
}

function refuseIfAny(problems: readonly Problem[], file: string): void {
  if (problems.length === 0) return;
  const inTurn = problems.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  const lines = inTurn.map(({ place, message }) => `${file}:${place.line}:${place.column}: ${message}`);
  throw new FileProblems(lines.join('\n'));
}
