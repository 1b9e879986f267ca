/** Suggestions for a misspelt word. */
import { distance } from 'fastest-levenshtein';

/** One slip is allowed for so many letters. */
const lettersPerSlip = 2;

/** The nearest known word, if it is near enough to be what was meant. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const beginsLike = known.filter(candidate => lower !== '' && candidate.startsWith(lower));
  if (beginsLike.length === 1) return beginsLike[0];
  const slips = known.map(candidate => slipsBetween(lower, candidate));
  const fewest = Math.min(...slips);
  const found = known[slips.indexOf(fewest)] ?? '';
  return fewest <= Math.max(1, Math.floor(found.length / lettersPerSlip)) ? found : undefined;
}

/** Letters that are wrong, missing or too many; two neighbours that have changed places are one slip. */
function slipsBetween(word: string, meant: string): number {
  const swapped = [...meant.slice(1)].map(
    (letter, i) => `${meant.slice(0, i)}${letter}${meant[i]}${meant.slice(i + 2)}`,
  );
  return Math.min(distance(word, meant), ...swapped.map(slip => 1 + distance(word, slip)));
}

/** `frnt is not known here: did you mean front? Known are front, rear` */
export function notKnown(word: string, known: readonly string[]): string {
  const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word;
  const question = didYouMean(word, known);
  const list = `${question === '' ? '; known' : `${question} Known`} are ${known.join(', ')}`;
  return `${shown === '' ? 'nothing' : shown} is not known here${list}`;
}

/** A line for each. Names the keys that are near a known one, and nothing else of what a file holds: it may be another file than was meant. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys
    .map(key => {
      const question = didYouMean(key, known);
      return `unknown key${question === '' ? '' : ` ${key}`}; allowed here: ${known.join(', ')}${question}`;
    })
    .join('\n');
}

/** `: did you mean front?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearestWord(word, known);
  return meant === undefined ? '' : `: did you mean ${meant}?`;
}
