/** Commands of the bus: what one is, and how its words are read. */
import { WrongUsage } from '../wrong-usage.ts';
import { type Bus, postNames } from './bus.ts';
import type { PostName } from './validator-post.ts';

/** What a command did, one JSON object a line with --json. */
export type BusEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

export interface BusCommand {
  readonly name: string;
  /**
   * A grammar too (usage.ts): words in capitals stand for something, `a|b` is one of the words, `[…]` may be left
   * out, `(a X|b)` is one of several ways to go on, `…` is any number of them.
   */
  readonly usage: string;
  readonly help: string;
  run(bus: Bus, words: readonly string[]): Promise<BusEvent>;
}

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
