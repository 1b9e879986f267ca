/** Rows of a terminal: texts cut and broken by the columns they take, where a Chinese character takes two. */
import stringWidth from 'fast-string-width';

const more = '…';
const segmenter = new Intl.Segmenter();

/** @returns at most so many columns of the text; one that is cut ends in `…` */
export function cut(text: string, columns: number): string {
  return stringWidth(text) <= columns ? text : `${beginning(text, columns - 1)}${more}`;
}

/** @returns at most so many columns of the text's end, for one that is being typed */
export function cutFront(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  const fromEnd = fitting(charactersOf(text).reverse(), columns - 1);
  return more + fromEnd.reverse().join('');
}

/** Cut, or filled with spaces. */
export function fit(text: string, columns: number): string {
  const row = cut(text, columns);
  return row + ' '.repeat(Math.max(0, columns - stringWidth(row)));
}

/** Cut, or with spaces on both sides. */
export function centred(text: string, columns: number): string {
  const before = Math.max(0, (columns - stringWidth(text)) >> 1);
  return fit(' '.repeat(before) + text, columns);
}

/** @returns the whole text in rows of so many columns, broken at a space where one is near; what goes on is as far in as it began */
export function broken(text: string, columns: number): string[] {
  const indent = (/^ */.exec(text)?.[0] ?? '').slice(0, columns >> 2);
  const rows: string[] = [];
  let rest = text;
  while (stringWidth(rest) > columns) {
    const most = beginning(rest, columns);
    const space = most.lastIndexOf(' ');
    const at = rest[most.length] === ' ' || space < most.length / 2 ? most.length : space;
    rows.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return [...rows, rest];
}

function beginning(text: string, columns: number): string {
  return fitting(charactersOf(text), columns).join('');
}

/** At least one character, so that whoever breaks a text comes to its end. */
function fitting(characters: readonly string[], columns: number): string[] {
  let width = 0;
  const end = characters.findIndex((character, i) => {
    width += stringWidth(character);
    return width > columns && i > 0;
  });
  return characters.slice(0, end < 0 ? undefined : end);
}

/** As they are seen: with all that combines with them. */
function charactersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
