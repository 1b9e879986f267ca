/** What a command of the bus is: its usage, what it does, the event it ends with; and how it reads its words. */
import { WrongUsage } from '../../../device/kit/errors.ts';
import type { Bus } from '../bus.ts';
import { type PostName, postNames } from '../validator-post.ts';

/** What a command did. */
export type BusEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

export interface BusCommand {
  readonly name: string;
  /** In the grammar of usage.ts, by which its words are checked. */
  readonly usage: string;
  readonly help: string;
  run(bus: Bus, words: readonly string[]): Promise<BusEvent>;
}

const farthestS = 1e10;

// All of these throw WrongUsage for a word that does not fit.

export function postOf(word: string | undefined): PostName {
  return oneOf(word, postNames);
}

export function wordOf(word: string | undefined, what: string): string {
  if (word === undefined) throw new WrongUsage(`${what} is missing`);
  return word;
}

export function oneOf<T extends string>(word: string | undefined, allowed: readonly T[]): T {
  const found = allowed.find(value => value === word);
  if (found === undefined)
    throw new WrongUsage(`${word ?? 'nothing'}: one of ${allowed.join(', ')} is expected`);
  return found;
}

/** @param limit of its absolute value */
export function numberOf(word: string | undefined, what: string, limit: number): number {
  const number = Number(word);
  if (word === undefined || word.trim() === '' || !(Math.abs(number) <= limit)) {
    throw new WrongUsage(`${word ?? 'nothing'}: ${what} is a number of at most ${limit} either way`);
  }
  return number;
}

export function secondsOf(word: string | undefined): number {
  return numberOf(word, 'SECONDS', farthestS);
}
