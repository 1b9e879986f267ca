/** The word that somebody may have meant who wrote another. */
import { distance } from 'fastest-levenshtein';

/** Whoever writes a word of so many letters may slip once. */
const lettersPerSlip = 2;

/** The known word nearest to this one, where it is near enough to be meant. */
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

/** `: did you mean front?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearestWord(word, known);
  return meant === undefined ? '' : `: did you mean ${meant}?`;
}
