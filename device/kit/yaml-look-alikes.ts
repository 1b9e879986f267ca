/** Characters and numbers in a YAML text that look like others: typed with a Chinese keyboard, pasted from a document. */
import { type Document, isPair, isScalar, isSeq, type Scalar, visit } from 'yaml';
import { codePointName } from './visible.ts';

/** What is wrong at an offset of the text. */
export interface Oddity {
  readonly offset: number;
  readonly message: string;
}

/** What YAML gives a meaning, and what looks like it. */
const lookAlikes: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '＂': '"',
  '‘': "'",
  '’': "'",
  '＇': "'",
  '「': '"',
  '『': '"',
  '［': '[',
  '］': ']',
  '【': '[',
  '｛': '{',
  '｝': '}',
  '：': ':',
  '，': ',',
  '、': ',',
  '＃': '#',
  '－': '-',
  '–': '-',
  '—': '-',
  '•': '-',
};
const key = String.raw`^[ \t]*(?:-[ \t]+)*["']?[A-Za-z][\w-]*["']?`;

/**
 * What may be the reason where a text is no YAML, or not what was meant. Each rule finds the character in question as its
 * last.
 */
const reasons: readonly (readonly [RegExp, (character: string) => string])[] = [
  [/^[ \t]*(?![ \t])[\s\p{Cf}]/u, character => `${codePointName(character)} as indent: use spaces`],
  [new RegExp(`${key}[ \\t]*：`, 'u'), insteadOf],
  [
    new RegExp(`${key}:(?![ \\t])[\\s\\p{Cf}]`, 'u'),
    character => `${codePointName(character)} after the colon: use a space`,
  ],
  [new RegExp(`${key}:(?=[^\\s:/\\\\])`, 'u'), () => 'no space after the colon'],
  [/^[ \t]*[－–—•]/u, insteadOf],
];

/** @returns at most one for a line */
export function suspects(text: string): Oddity[] {
  const found: Oddity[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    for (const [pattern, tell] of reasons) {
      const [upTo] = pattern.exec(line.replace(/\r$/, '')) ?? [];
      if (upTo === undefined) continue;
      found.push({ offset: start + upTo.length - 1, message: tell(upTo.at(-1) ?? '') });
      break;
    }
    start += line.length + 1;
  }
  return found;
}

/** What is certainly not meant: whoever does mean it puts it in quotes. */
export function oddities(document: Document, text: string): Oddity[] {
  const found: Oddity[] = [];
  visit(document, {
    Scalar(_, node, path) {
      const offset = node.range?.[0];
      if (offset === undefined) return;
      const isInFlow = path.some(
        parent => typeof parent === 'object' && 'flow' in parent && parent.flow === true,
      );
      const written = text.slice(offset, node.range?.[1]);
      const odd = oddIn(node, written, isInFlow, isName(path));
      if (odd !== undefined) found.push({ offset: offset + odd.at, message: odd.message });
    },
  });
  return found;
}

interface Odd {
  readonly at: number;
  readonly message: string;
}

function oddIn(node: Scalar, written: string, isInFlow: boolean, isNamed: boolean): Odd | undefined {
  const lost = written.indexOf('\ufffd');
  if (lost !== -1)
    return { at: lost, message: 'U+FFFD stands for a character that was lost: write it again' };
  if (node.type !== 'PLAIN') return undefined;
  if (typeof node.value === 'number') return oddNumber(node.value, written, isNamed);
  const [first = ''] = written;
  if (first in lookAlikes) return { at: 0, message: insteadOf(first) };
  const comma = isInFlow ? written.search(/[，、；］｝]/u) : -1;
  if (comma !== -1) return { at: comma, message: insteadOf(written[comma] ?? '') };
  const unseen = written.search(/\p{Cf}|(?! )\s$/u);
  if (unseen !== -1)
    return {
      at: unseen,
      message: `${codePointName(written[unseen] ?? '')} is not seen: put it in quotes, or leave it out`,
    };
  const digit = isNamed ? written.search(/[０-９]/u) : -1;
  return digit === -1
    ? undefined
    : {
        at: digit,
        message: `${codePointName(written[digit] ?? '')} is a full-width digit: write ${written[digit]?.normalize('NFKC')}`,
      };
}

/** `010` is 8 to some and 10 to others; where a number is a name, only what stands there counts. */
function oddNumber(value: number, written: string, isNamed: boolean): Odd | undefined {
  const isOdd = isNamed ? String(value) !== written : /^[-+]?0\d/.test(written);
  return isOdd
    ? {
        at: 0,
        message:
          'a number that can be read in two ways: put it in quotes if it is a name, else leave out what is too much',
      }
    : undefined;
}

/** Bus lines are called by numbers: `line: 2`, `lines: [2, 6]`. */
function isName(path: readonly unknown[]): boolean {
  const parent = path.at(-1);
  const pair = isSeq(parent) ? path.at(-2) : parent;
  if (!isPair(pair) || !isScalar(pair.key)) return false;
  return isSeq(parent) ? pair.key.value === 'lines' : pair.key.value === 'line';
}

function insteadOf(character: string): string {
  const meant = lookAlikes[character] ?? character.normalize('NFKC');
  return `${codePointName(character)} looks like ${meant} and is none: write ${meant}, or put the text in quotes`;
}
