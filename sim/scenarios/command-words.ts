/** The words of the bus's commands, known without a bus: what a tester may write, and what is wrong with it. */
import { dirname, isAbsolute, join } from 'node:path';
import { notKnown } from '../../device/settings/nearest-word.ts';
import { type Belonging, presentingHint, whatHas } from '../bus/belongings.ts';
import { postNames } from '../bus/bus.ts';
import { commandUsages, faultNames, pauseOf } from '../bus/commands.ts';
import { offsetOf, positionOf, speedOf } from '../bus/gnss-commands.ts';
import { lineStops } from '../bus/line-stops.ts';
import { aheadOf } from '../bus/machine-commands.ts';
import type { Passenger } from '../bus/passengers.ts';
import { frameOfPicture, readPicture } from '../bus/picture.ts';
import { bytesOf } from '../bus/raw-bytes.ts';
import {
  checkWords,
  parseUsage,
  type WordKind,
  type WordKinds,
  type WordProblem,
  wordsFor,
} from '../bus/usage.ts';
import { readViewOptions } from '../bus/view-options.ts';
import { WrongUsage } from '../wrong-usage.ts';
import { instant } from './schema.ts';

const usages = new Map(commandUsages.map(({ name, usage }) => [name, usage]));

export const commandNames: readonly string[] = [...usages.keys()];

/** Which words in capitals mean what in which command. */
const presents: Readonly<Record<string, Belonging['has']>> = {
  tap: 'card',
  scan: 'phone',
  show: 'phone',
  code: 'phone',
};
const secondsOf: Readonly<Record<string, (word: string) => number>> = {
  wait: pauseOf,
  clock: aheadOf,
  gnss: offsetOf,
};

/** All other words in capitals that the commands' usages have; a test holds it to that. */
const wordKinds = {
  POST: postNames,
  FAULT: faultNames,
  ID: lineStops.flatMap(({ id, zh }) => [id, zh]),
  KMH: readBy(speedOf),
  'OPTION=VALUE': readBy(word => readViewOptions([word])),
  'LAT,LON': readBy(positionOf),
  INSTANT: (word: string) => {
    const { error } = instant.safeParse(word);
    return error && `${word}: ${error.issues[0]?.message}`;
  },
  HEX: readBy(bytesOf),
  COMMAND: () => undefined,
  'FILE.png': readBy(path => frameOfPicture(readPicture(path))),
} satisfies WordKinds;

/** @param name the command's */
export function kindsFor(name: string, passengers: readonly Passenger[]): WordKinds {
  return {
    ...wordKinds,
    SECONDS: readBy(secondsOf[name] ?? Number),
    PASSENGER: word => problemOfPassenger(word, presents[name], passengers),
  };
}

/** What follows the command's name. @param file the scenario's: the path of a picture is relative to it */
export function wordsOfCommand(name: string, text: string, file: string): string[] {
  const words = wordsFor(usages.get(name) ?? '', text);
  const [post, path] = words;
  if (name !== 'picture' || post === undefined || path === undefined || isAbsolute(path)) return words;
  return [post, join(dirname(file), path), ...words.slice(2)];
}

/** @param words what follows the command's name */
export function problemOfCommand(
  name: string,
  words: readonly string[],
  passengers: readonly Passenger[],
): WordProblem | undefined {
  const usage = usages.get(name);
  if (usage === undefined) return { index: -1, message: notKnown(name, commandNames) };
  return checkWords(parseUsage(usage), words, kindsFor(name, passengers));
}

function problemOfPassenger(
  word: string,
  presented: Belonging['has'] | undefined,
  passengers: readonly Passenger[],
): string | undefined {
  const found = passengers.find(({ id }) => id === word);
  if (found === undefined) {
    return notKnown(
      word,
      passengers.map(({ id }) => id),
    );
  }
  const has = whatHas(found);
  return presented === undefined || presented === has ? undefined : `${word} ${presentingHint[has]}`;
}

/** What the bus says against a word when it reads it. */
function readBy(read: (word: string) => unknown): WordKind {
  return word => {
    try {
      read(word);
      return undefined;
    } catch (error) {
      if (!(error instanceof WrongUsage)) throw error;
      return error.message;
    }
  };
}
