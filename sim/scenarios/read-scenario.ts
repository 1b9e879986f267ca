/** Reads a scenario file; everything wrong with it is told at once, each with file, line and column. */
import { FileProblems, missing } from '../../device/settings/yaml-file.ts';
import { type Passenger, usualPassengers, withFilesFrom } from '../bus/passengers.ts';
import { readInput } from '../read-input.ts';
import { commandNames, problemOfCommand } from './command-words.ts';
import { describeIssues } from './describe-issues.ts';
import { type LocatedYaml, type Problem, parseLocated } from './located-yaml.ts';
import type { Scenario, Step } from './scenario.ts';
import { type Given, type RawStep, scenarioSchema } from './schema.ts';

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
  const passengers = passengersOf(given, file).map(({ id }) => id);
  const bothTimes = given.phase !== undefined && given.time !== undefined;
  refuseIfAny(
    [
      ...(bothTimes
        ? [{ place: yaml.placeOfKey(['given'], 'time'), message: 'given: phase and time are one too many' }]
        : []),
      ...steps.flatMap((step, index) => problemsOfStep(step, index, yaml, passengers)),
    ],
    file,
  );
  return { file, name, given, steps: steps.map((step, index) => toStep(step, index, yaml)) };
}

export function passengersOf({ passengers }: Given, file: string): readonly Passenger[] {
  return passengers === undefined || passengers === 'usual'
    ? usualPassengers
    : withFilesFrom(file, passengers);
}

function problemsOfStep(
  step: RawStep,
  index: number,
  yaml: LocatedYaml,
  passengers: readonly string[],
): Problem[] {
  const path = ['steps', index];
  const names = namesIn(step);
  const [name, ...more] = names;
  if (name === undefined && step.expect === undefined) {
    return [{ place: yaml.placeOf(path), message: 'a step is a command, or expects something, or both' }];
  }
  if (more.length > 0) {
    const message = `a step is one command, and here are ${names.length}: ${names.join(', ')}`;
    return [{ place: yaml.placeOfKey(path, more[0] ?? ''), message }];
  }
  // What is expected to be refused may be wrong in any way.
  if (name === undefined || step.expect?.error !== undefined) return [];
  const problem = problemOfCommand(name, wordsOf(step, name), passengers);
  if (problem === undefined) return [];
  const place = yaml.placeOfWord([...path, name], problem.index);
  return [{ place, message: `${name}: ${problem.message}` }];
}

function toStep(step: RawStep, index: number, yaml: LocatedYaml): Step {
  const path = ['steps', index];
  const [name] = namesIn(step);
  const command = name === undefined ? undefined : [name, ...wordsOf(step, name)].join(' ');
  return {
    command,
    expect: step.expect ?? {},
    place: yaml.placeOf(path),
    placeOf: expected => yaml.placeOfKey([...path, 'expect'], expected),
  };
}

function namesIn(step: RawStep): string[] {
  return commandNames.filter(name => Object.hasOwn(step, name));
}

function wordsOf(step: RawStep, name: string): string[] {
  const value: unknown = Object.entries(step).find(([key]) => key === name)?.[1];
  return String(value ?? '')
    .split(/\s+/)
    .filter(word => word !== '');
}

function refuseIfAny(problems: readonly Problem[], file: string): void {
  if (problems.length === 0) return;
  const inTurn = problems.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
  const lines = inTurn.map(({ place, message }) => `${file}:${place.line}:${place.column}: ${message}`);
  throw new FileProblems(lines.join('\n'));
}
