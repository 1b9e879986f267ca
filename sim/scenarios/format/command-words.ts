/** Checks the words of the bus's commands without a bus. */
import { dirname, isAbsolute, join } from 'node:path';
import { WrongUsage } from '../../../device/kit/errors.ts';
import { notKnown } from '../../../device/kit/nearest-word.ts';
import { dayNamed } from '../../backoffice/settlement/days.ts';
import { type Holding, presentingHint, whatHas } from '../../bus/belongings.ts';
import { secondsOf } from '../../bus/commands/command.ts';
import { commandUsages } from '../../bus/commands/commands.ts';
import { secondsOfDuration } from '../../bus/commands/duration.ts';
import { fenOf } from '../../bus/commands/fare-commands.ts';
import { positionOf, speedOf } from '../../bus/commands/gnss-command.ts';
import { aheadOf } from '../../bus/commands/machine-commands.ts';
import { readPicture } from '../../bus/commands/picture.ts';
import { readRules } from '../../bus/commands/policy-rules.ts';
import { faultNames } from '../../bus/commands/presenting-commands.ts';
import {
  checkWords,
  parseUsage,
  type WordKind,
  type WordKinds,
  type WordProblem,
  wordsFor,
} from '../../bus/commands/usage.ts';
import { readViewOptions } from '../../bus/commands/view-options.ts';
import { bytesOf } from '../../bus/commands/wire-commands.ts';
import { lineStops } from '../../bus/line-stops.ts';
import type { Passenger } from '../../bus/passengers.ts';
import { postNames } from '../../bus/validator-post.ts';
import { instant } from './schema.ts';

const usages = new Map(commandUsages.map(({ name, usage }) => [name, usage]));

export const commandNames: readonly string[] = [...usages.keys()];

/** What PASSENGER must have in each command; the others take any passenger. */
const presents: Readonly<Record<string, Holding>> = {
  tap: 'card',
  scan: 'phone',
  show: 'phone',
  code: 'phone',
  purse: 'card',
  topup: 'card',
};
const secondsIn: Readonly<Record<string, (word: string) => number>> = {
  clock: aheadOf,
  gnss: secondsOf,
};

/** All other words in capitals in the commands' usages; a test checks that none is missing. */
const wordKinds = {
  POST: postNames,
  FAULT: faultNames,
  ID: lineStops.flatMap(({ id, zh }) => [id, zh]),
  DURATION: readBy(secondsOfDuration),
  KMH: readBy(speedOf),
  'RULE=VALUE': readBy(word => readRules([word])),
  'OPTION=VALUE': readBy(word => readViewOptions([word])),
  'LAT,LON': readBy(positionOf),
  INSTANT: (word: string) => {
    const { error } = instant.safeParse(word);
    return error && `${word}: ${error.issues[0]?.message}`;
  },
  YUAN: readBy(fenOf),
  DAY: readBy(dayNamed),
  HEX: readBy(bytesOf),
  COMMAND: () => undefined,
  'FILE.png': readBy(readPicture),
} satisfies WordKinds;

/** @param name the command's. @param isUsualLine else the line's stops are known only when the bus starts */
export function kindsFor(name: string, passengers: readonly Passenger[], isUsualLine = true): WordKinds {
  return {
    ...wordKinds,
    ...(!isUsualLine && { ID: () => undefined }),
    SECONDS: readBy(secondsIn[name] ?? Number),
    PASSENGER: word => problemOfPassenger(word, presents[name], passengers),
  };
}

/** Splits what follows the command's name. @param file the scenario's; a picture's path is relative to it */
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
  isUsualLine?: boolean,
): WordProblem | undefined {
  const usage = usages.get(name);
  if (usage === undefined) return { index: -1, message: notKnown(name, commandNames) };
  return checkWords(parseUsage(usage), words, kindsFor(name, passengers, isUsualLine));
}

function problemOfPassenger(
  word: string,
  presented: Holding | undefined,
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

/** The objection is the error that the bus's own reader throws. */
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
