/** The words of the bus's commands, known without a bus: what a tester may write, and what is wrong with it. */
import { notKnown } from '../../device/settings/nearest-word.ts';
import { postNames } from '../bus/bus.ts';
import { commandUsages, faultNames } from '../bus/commands.ts';
import { lineStops } from '../bus/line-stops.ts';
import { viewOptions } from '../bus/view-options.ts';
import { instant, instantHint } from './schema.ts';
import { checkWords, parseUsage, type WordKinds, type WordProblem } from './usage.ts';

const usages = new Map(commandUsages.map(({ name, usage }) => [name, parseUsage(usage)]));

export const commandNames: readonly string[] = [...usages.keys()];

const anything = () => undefined;
const aNumber = (word: string) => (Number.isFinite(Number(word)) ? undefined : `${word} is no number`);

/** All the words in capitals that the commands' usages have; a test holds it to that. */
const wordKinds = {
  POST: postNames,
  FAULT: faultNames,
  ID: lineStops.flatMap(({ id, zh }) => [id, zh]),
  SECONDS: aNumber,
  KMH: aNumber,
  'OPTION=VALUE': viewOption,
  'LAT,LON': (word: string) =>
    /^-?[\d.]+,-?[\d.]+$/.test(word) ? undefined : `${word}: LAT,LON is expected, as 39.9,116.4`,
  INSTANT: (word: string) => (instant.safeParse(word).success ? undefined : `${word}: ${instantHint}`),
  HEX: (word: string) =>
    /^([0-9a-f]{2})+$/i.test(word) ? undefined : `${word.slice(0, 20)} is not bytes in hex`,
  COMMAND: anything,
  'FILE.png': anything,
} satisfies WordKinds;

export function kindsWith(passengers: readonly string[]): WordKinds {
  return { ...wordKinds, PASSENGER: passengers };
}

/** @param words what follows the command's name */
export function problemOfCommand(
  name: string,
  words: readonly string[],
  passengers: readonly string[],
): WordProblem | undefined {
  const usage = usages.get(name);
  if (usage === undefined) return { index: -1, message: notKnown(name, commandNames) };
  return checkWords(usage, words, kindsWith(passengers));
}

function viewOption(word: string): string | undefined {
  const [name = '', value] = word.split('=');
  if (!viewOptions.some(option => option === name)) return notKnown(name, viewOptions);
  return value === undefined || value === '' || !Number.isFinite(Number(value))
    ? `${word}: ${name}=NUMBER is expected`
    : undefined;
}
