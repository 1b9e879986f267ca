/** Cards that a step brings with it: each is a passenger of its own, whom the step's command names. */

import { describeIssues } from '../../../device/kit/describe-issues.ts';
import type { LocatedYaml, Problem } from '../../../device/kit/located-yaml.ts';
import { missing } from '../../../device/kit/yaml-file.ts';
import { isOneHealthEach, named, type Passenger, passengerSchema } from '../../bus/passengers.ts';
import { type HeldCard, holdingCommands, type RawStep } from './schema.ts';

export interface InlineCards {
  /** The given passengers, and one for each card of a step. */
  readonly passengers: readonly Passenger[];
  readonly problems: readonly Problem[];
}

export function heldIn(step: RawStep): { readonly command: string; readonly held: HeldCard } | undefined {
  for (const command of holdingCommands) {
    const value = step[command];
    if (typeof value === 'object' && value !== null) return { command, held: value };
  }
  return undefined;
}

/** What the command says instead of the card. @param index the step's */
export function wordsOfHeld({ at, fault }: HeldCard, index: number): string[] {
  return [at, idOf(index), ...(fault === undefined ? [] : [fault])];
}

export function withInlineCards(
  given: readonly Passenger[],
  steps: readonly RawStep[],
  yaml: LocatedYaml,
): InlineCards {
  const passengers = [...given];
  const problems: Problem[] = [];
  for (const [index, step] of steps.entries()) {
    const { command, held } = heldIn(step) ?? {};
    if (command === undefined || held === undefined) continue;
    const path = ['steps', index, command, 'card'];
    if (typeof held.card === 'object' && 'id' in held.card) {
      problems.push({
        place: yaml.placeOfKey(path, 'id'),
        message: `${command}: the card of a step has no id`,
      });
      continue;
    }
    const parsed = passengerSchema.safeParse(rawPassenger(held.card, index), { error: missing });
    if (!parsed.success) {
      const issues = parsed.error.issues.map(issue => ({
        ...issue,
        path: [...path, ...inCard(issue.path, held.card)],
      }));
      problems.push(...describeIssues(issues, yaml));
      continue;
    }
    passengers.push(named(parsed.data, passengers.length));
    if (!isOneHealthEach(passengers)) {
      const message = `${path.slice(2).join('.')}: somebody of this name and phone has another health code`;
      problems.push({ place: yaml.placeOf(path), message });
    }
  }
  return { passengers, problems };
}

export function isHeldAmiss(step: RawStep, index: number, passengers: readonly Passenger[]): boolean {
  return heldIn(step) !== undefined && !passengers.some(({ id }) => id === idOf(index));
}

/** Where the card of this passenger stands, if a step brings it. */
export function pathOfHeld(id: string, steps: readonly RawStep[]): (string | number)[] | undefined {
  const index = steps.findIndex((step, i) => heldIn(step) !== undefined && idOf(i) === id);
  const held = steps[index] && heldIn(steps[index]);
  return held && ['steps', index, held.command, 'card'];
}

function idOf(index: number): string {
  return `card-of-step-${index + 1}`;
}

/** A text is the name of an image's file; what has an ATR is an image. */
function rawPassenger(card: HeldCard['card'], index: number): object {
  const id = idOf(index);
  if (typeof card === 'string') return { id, medium: 'card-image', file: card };
  return isImage(card) ? { id, medium: 'card-image', image: card } : { ...card, id };
}

function isImage(card: object): boolean {
  return 'atr' in card || 'applications' in card || 'answers' in card;
}

function inCard(path: readonly PropertyKey[], card: HeldCard['card']): readonly PropertyKey[] {
  return typeof card === 'string' || isImage(card) ? path.slice(1) : path;
}
