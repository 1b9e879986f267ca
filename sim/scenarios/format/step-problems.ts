/** Finds the problems of a step that can be known before anything runs. */
import type { LocatedYaml, Problem } from '../../../device/kit/located-yaml.ts';
import type { Wiring } from '../../bus/card-slots.ts';
import type { Passenger } from '../../bus/passengers.ts';
import type { DisplayKind } from '../../bus/validator-settings.ts';
import { commandNames, problemOfCommand, wordsOfCommand } from './command-words.ts';
import { heldIn, isHeldAmiss, wordsOfHeld } from './inline-cards.ts';
import type { Expectation, RawStep } from './schema.ts';

/** What a step is checked against. */
export interface Surroundings {
  readonly file: string;
  readonly passengers: readonly Passenger[];
  readonly wires: Wiring;
  readonly displays: DisplayKind;
  /** The stops are those that the simulated bus has by itself. */
  readonly isUsualLine: boolean;
}

/** Keys that say where and how soon something is expected, and nothing else. */
const saysNothingAlone: readonly string[] = ['at', 'within', 'for'] satisfies (keyof Expectation)[];

export function problemsOfStep(
  step: RawStep,
  index: number,
  yaml: LocatedYaml,
  surroundings: Surroundings,
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
  return [
    ...problemsOfExpectation(step.expect, path, yaml),
    // A command that is expected to be refused may have any words.
    ...(name === undefined || step.expect?.error !== undefined
      ? []
      : problemsOfWords(name, step, index, yaml, surroundings)),
  ];
}

export function commandOf(step: RawStep, index: number, file: string): string | undefined {
  const [name] = namesIn(step);
  return name === undefined ? undefined : [name, ...wordsOf(step, name, index, file)].join(' ');
}

function problemsOfExpectation(
  expect: Expectation | undefined,
  path: readonly (string | number)[],
  yaml: LocatedYaml,
): Problem[] {
  if (expect === undefined || Object.keys(expect).some(key => !saysNothingAlone.includes(key))) return [];
  const message = `expect: nothing is expected: ${saysNothingAlone.join(' and ')} say only where and when`;
  return [{ place: yaml.placeOfKey(path, 'expect'), message }];
}

function problemsOfWords(
  name: string,
  step: RawStep,
  index: number,
  yaml: LocatedYaml,
  { file, passengers, wires, displays, isUsualLine }: Surroundings,
): Problem[] {
  const path = ['steps', index];
  const words = wordsOf(step, name, index, file);
  // A card that a step brings is no passenger where something is wrong with it, which is told already.
  if (isHeldAmiss(step, index, passengers)) return [];
  const problem = problemOfCommand(name, words, passengers, isUsualLine);
  if (problem !== undefined) {
    const place = yaml.placeOfWord([...path, name], problem.index);
    return [{ place, message: `${name}: ${problem.message}` }];
  }
  const missing = missingPart(name, words, { wires, displays });
  return missing === undefined
    ? []
    : [{ place: yaml.placeOfKey(path, name), message: `${name}: needs given: ${missing}` }];
}

/** @returns what a command needs that this bus has not been given */
function missingPart(
  name: string,
  words: readonly string[],
  { wires, displays }: Pick<Surroundings, 'wires' | 'displays'>,
): string | undefined {
  const isReader = name === 'reader' || (name === 'unplug' && words[1] === 'reader');
  if (isReader && wires !== 'pcsc') return '{ wires: pcsc } for the reader';
  const isTouch = name === 'confirm' && words[1] === 'touch';
  if (isTouch && displays !== 'nextion') return '{ displays: nextion } for the touch';
  return undefined;
}

function namesIn(step: RawStep): string[] {
  return commandNames.filter(name => Object.hasOwn(step, name));
}

function wordsOf(step: RawStep, name: string, index: number, file: string): string[] {
  const held = heldIn(step)?.held;
  if (held !== undefined) return wordsOfHeld(held, index);
  const value: unknown = Object.entries(step).find(([key]) => key === name)?.[1];
  return wordsOfCommand(name, String(value ?? ''), file);
}
