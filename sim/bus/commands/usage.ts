/** Reads a command's usage text as a grammar, to check the words of a command without a bus. */
import { WrongUsage } from '../../../device/kit/errors.ts';
import { nearestWord, notKnown } from '../../../device/kit/nearest-word.ts';

/**
 * `front|rear PASSENGER [FAULT]`: a word in capitals stands for a value, `a|b` is one of the words, `[…]` is optional,
 * `(a X|b)` is one of several sequences, `…` repeats the word before it.
 */
export type Usage = readonly Term[];

type Term =
  | { readonly is: 'word'; readonly oneOf: readonly string[]; readonly isRepeated: boolean }
  | { readonly is: 'optional'; readonly terms: Usage }
  | { readonly is: 'choice'; readonly ways: readonly Usage[] };

/** The values of a word in capitals: a list, or a function that returns its objection to a value. */
export type WordKind = readonly string[] | ((word: string) => string | undefined);
export type WordKinds = Readonly<Record<string, WordKind>>;

export interface WordProblem {
  /** Index of the word; one past the last if a word is missing. */
  readonly index: number;
  readonly message: string;
}

/** @throws WrongUsage for a text that is no usage */
export function parseUsage(text: string): Usage {
  const tokens = text.match(/[[\]()|…]|[^\s[\]()|…]+/g) ?? [];
  let at = 0;

  function take(token: string): boolean {
    if (tokens[at] !== token) return false;
    at++;
    return true;
  }

  function expect(token: string): void {
    if (!take(token)) throw new WrongUsage(`usage ${JSON.stringify(text)}: ${token} is expected`);
  }

  function word(): string {
    const token = tokens[at++];
    if (token === undefined || /^[[\]()|…]$/.test(token)) {
      throw new WrongUsage(`usage ${JSON.stringify(text)}: a word is expected`);
    }
    return token;
  }

  /** @param inChoice `|` ends the sequence instead of giving another word */
  function term(inChoice: boolean): Term {
    if (take('[')) {
      const terms = sequence(false);
      expect(']');
      return { is: 'optional', terms };
    }
    if (take('(')) {
      const ways = [sequence(true)];
      while (take('|')) ways.push(sequence(true));
      expect(')');
      return { is: 'choice', ways };
    }
    const oneOf = [word()];
    while (!inChoice && take('|')) oneOf.push(word());
    return { is: 'word', oneOf, isRepeated: take('…') };
  }

  function sequence(inChoice: boolean): Usage {
    const terms: Term[] = [];
    while (at < tokens.length && !['|', ']', ')'].includes(tokens[at] ?? '')) terms.push(term(inChoice));
    return terms;
  }

  const usage = sequence(false);
  if (at < tokens.length)
    throw new WrongUsage(`usage ${JSON.stringify(text)}: ${tokens[at]} is not expected`);
  return usage;
}

/** Splits what follows a command's name; the path of a file is one word, spaces and all. */
export function wordsFor(usage: string, text: string): string[] {
  const trimmed = text.trim();
  const withPath = usage.includes('FILE') ? /^(\S+)\s+(.+)$/.exec(trimmed) : null;
  return withPath === null ? trimmed.split(/\s+/).filter(word => word !== '') : withPath.slice(1);
}

/** The words in capitals of a usage. */
export function kindsOf(usage: Usage): string[] {
  return usage.flatMap(term => {
    if (term.is === 'optional') return kindsOf(term.terms);
    if (term.is === 'choice') return term.ways.flatMap(kindsOf);
    return term.oneOf.filter(isKind);
  });
}

/** @returns the first problem of a command's words */
export function checkWords(
  usage: Usage,
  words: readonly string[],
  kinds: WordKinds,
): WordProblem | undefined {
  const end = match(usage, 0);
  if (typeof end !== 'number') return end;
  const tooMuch = words[end];
  return tooMuch === undefined ? undefined : { index: end, message: `${tooMuch} is one word too many` };

  /** @returns the index of the next word */
  function match(terms: Usage, start: number): number | WordProblem {
    let at = start;
    for (const term of terms) {
      const next = matchTerm(term, at);
      if (typeof next !== 'number') return next;
      at = next;
    }
    return at;
  }

  function matchTerm(term: Term, at: number): number | WordProblem {
    if (term.is === 'optional') return words[at] === undefined ? at : match(term.terms, at);
    if (term.is === 'choice') return match(wayFor(term.ways, words[at]), at);
    const problem = problemOf(words[at], term.oneOf, kinds);
    if (problem !== undefined) return { index: at, message: problem };
    let end = at + 1;
    while (term.isRepeated && words[end] !== undefined) {
      const further = problemOf(words[end], term.oneOf, kinds);
      if (further !== undefined) return { index: end, message: further };
      end++;
    }
    return end;
  }
}

/** The sequence that begins with this word; if none does, a sequence of all the words that could begin one. */
function wayFor(ways: readonly Usage[], word: string | undefined): Usage {
  const firsts = ways.map(([first]) => (first?.is === 'word' ? first.oneOf : []));
  const found = ways.find((_, i) => firsts[i]?.includes(word ?? ''));
  return found ?? [{ is: 'word', oneOf: firsts.flat(), isRepeated: false }];
}

function problemOf(word: string | undefined, oneOf: readonly string[], kinds: WordKinds): string | undefined {
  if (word === undefined) return `${oneOf.join('|')} is missing`;
  const known: string[] = [];
  let objection: string | undefined;
  for (const allowed of oneOf) {
    const kind = isKind(allowed) ? (kinds[allowed] ?? accept) : [allowed];
    if (typeof kind === 'function') {
      objection = kind(word);
      if (objection === undefined) return undefined;
    } else if (kind.includes(word)) return undefined;
    else known.push(...kind);
  }
  if (objection === undefined || nearestWord(word, known) !== undefined) return notKnown(word, known);
  return known.length === 0 ? objection : `${objection}; known are ${known.join(', ')}`;
}

function accept(): undefined {
  return undefined;
}

function isKind(word: string): boolean {
  return /^[A-Z]/.test(word);
}
