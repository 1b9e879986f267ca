/** The word that somebody may have meant who wrote another. */
import { closest, distance } from 'fastest-levenshtein';

/** Two letters that have changed places are two slips. */
const lettersPerSlip = 2;

/** The known word nearest to this one, where it is near enough to be meant. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const beginsLike = known.filter(candidate => lower !== '' && candidate.startsWith(lower));
  if (beginsLike.length === 1) return beginsLike[0];
  const found = closest(lower, [...known]);
  const slips = Math.max(1, Math.floor(found.length / lettersPerSlip));
  return distance(lower, found) <= slips ? found : undefined;
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
