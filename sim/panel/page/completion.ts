/** Completes a command from the usages in the bus's help, such as `front|rear PASSENGER [FAULT]`. */
import type { PanelState } from '../protocol.ts';

type Vocabulary = Pick<PanelState, 'vocabulary' | 'passengers' | 'cardFaults' | 'stops'>;

/** @returns whole lines, each the typed one with its last word completed */
export function completionsOf(typed: string, known: Vocabulary): string[] {
  const words = typed.trimStart().split(/\s+/);
  const last = words.pop() ?? '';
  const before = words.join(' ');
  return candidatesAfter(words, known)
    .filter(word => word.startsWith(last) && word !== last)
    .map(word => (before === '' ? word : `${before} ${word}`));
}

/** The usage and the help of the command that is being typed. */
export function helpFor(
  typed: string,
  { vocabulary }: Vocabulary,
): PanelState['vocabulary'][number] | undefined {
  const name = nameOf(typed);
  return vocabulary.find(({ command }) => nameOf(command) === name);
}

/** The command's name, at the beginning of a line or a usage. */
export function nameOf(line: string): string {
  return line.trim().split(/\s+/, 1)[0] ?? '';
}

function candidatesAfter(words: readonly string[], known: Vocabulary): string[] {
  const [name, ...others] = words;
  if (name === undefined) return known.vocabulary.map(({ command }) => nameOf(command));
  const usage = helpFor(name, known)?.command.slice(name.length + 1) ?? '';
  // Brackets around a choice are for readers only.
  return alternativesOf(usage.replace(/[()]/g, ''), others)
    .flatMap(word => meaningOf(word, known))
    .filter((word, index, all) => all.indexOf(word) === index);
}

/** The words of the usage that fit here. */
function alternativesOf(usage: string, before: readonly string[]): string[] {
  const [head = '', ...rest] = usage.split(' ');
  const [first, ...others] = before;
  // `offset SECONDS|rollover|stop ID…`: alternatives of several words each.
  if (/[A-Z\]…]\|[a-z]/.test(usage) && !isPost(head)) {
    const ways = usage.split('|').map(way => way.split(' '));
    if (first === undefined) return ways.flatMap(([word]) => word ?? []);
    const taken = ways.find(([word]) => word === first);
    return (taken?.[before.length] ?? '').split('|').filter(word => word !== '');
  }
  return first === undefined
    ? head.split('|').filter(word => word !== '')
    : alternativesOf(rest.join(' '), others);
}

function isPost(word: string): boolean {
  return word === 'front|rear';
}

function meaningOf(word: string, { passengers, cardFaults, stops }: Vocabulary): readonly string[] {
  const bare = word.replace(/[[\]…]/g, '');
  if (bare === 'PASSENGER') return passengers.map(({ id }) => id);
  if (bare === 'FAULT') return cardFaults;
  if (bare === 'ID') return stops.map(({ id }) => id);
  return /^[a-z][a-z0-9-]*$/.test(bare) ? [bare] : [];
}
