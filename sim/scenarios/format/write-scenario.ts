/** Writes commands of the bus as a scenario: a step's key is the command's name, its value the rest of the line. */
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import type { BusEvent } from '../../bus/commands/command.ts';
import { wordsFor } from '../../bus/commands/usage.ts';
import type { Passenger } from '../../bus/passengers.ts';
import type { ScreenShot } from '../../bus/screens.ts';
import { squeeze } from './screen-text.ts';

const style = { lineWidth: 0, nullStr: '' };

/** A step of a scenario, as YAML writes it. */
export type Step = Readonly<Record<string, unknown>>;

/** The bus when the recording began. */
export interface Beginning {
  readonly name: string;
  readonly phase: string;
  readonly line: string;
  readonly passengers: readonly Passenger[];
  /** Path of the feed that has the line. */
  readonly gtfs?: string;
}

export function stepOf(line: string): Step {
  const [name = ''] = line.trim().split(/\s/, 1);
  const rest = wordsToSave(name, line.trim().slice(name.length)).join(' ');
  const number = Number(rest);
  const isNumber = rest !== '' && String(number) === rest;
  return { [name]: isNumber ? number : rest || null };
}

/** Makes a picture's path absolute: the scenario may be saved anywhere. */
function wordsToSave(name: string, text: string): string[] {
  if (name !== 'picture') return wordsFor('', text);
  const [post, path] = wordsFor('POST FILE', text);
  return [post, path && resolve(path)].filter(word => word !== undefined);
}

/** The step with its outcome as the expectation. */
export function expectingStep(line: string, outcome: BusEvent): Step {
  const { event, verdict, status, reason, passengerScreen, crewScreen } = outcome;
  if (event === 'card-lost' || event === 'no-answer') return { ...stepOf(line), expect: { event } };
  if (event !== 'tap') return stepOf(line);
  const screens = { passenger: headline(passengerScreen), crew: headline(crewScreen) };
  return { ...stepOf(line), expect: withoutUndefined({ verdict, status, reason, ...screens }) };
}

export function stepText(step: Step): string {
  return stringify([step], style);
}

/** @returns a whole scenario, with the passengers who take part */
export function scenarioText(
  { name, phase, line, passengers, gtfs }: Beginning,
  steps: readonly Step[],
): string {
  const words = new Set(
    steps.flatMap(step => Object.values(step).flatMap(value => String(value).split(' '))),
  );
  const present = passengers.filter(({ id }) => words.has(id)).map(withoutUndefined);
  // Only such a reader can be pulled.
  const isPcsc = steps.some(step => Object.hasOwn(step, 'reader') || / reader\b/.test(String(step.unplug)));
  const given = {
    phase,
    line,
    ...(gtfs !== undefined && { gtfs }),
    ...(isPcsc && { wires: 'pcsc' }),
    ...(present.length > 0 && { passengers: present }),
  };
  return stringify({ name, given, steps }, style);
}

/** The first text on a screen, in Chinese, without the frame around it and the sign that a Nextion has there. */
function headline(screen: unknown): string | undefined {
  const { lines = [] } = (screen ?? {}) as Partial<ScreenShot>;
  return lines
    .map(squeeze)
    .find(text => /\p{Script=Han}/u.test(text))
    ?.replace(/^[√!×]/, '');
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Step {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
