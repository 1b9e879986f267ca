/**
 * Draws what is typed without any escape sequence, so that it looks the same on every terminal, on one that knows none, and in a
 * captured file: with characters, backspaces, blanks and line ends.
 *
 * readline draws by four sequences of ECMA-48 (CHA, CUF, CUB, ED). They move a cursor in a model of the line, and the difference
 * between what the terminal shows and the model is printed. A line that is too long for the terminal is shown in part.
 */
import stringWidth from 'fast-string-width';

/** What a terminal has that does not say. */
const usualColumns = 80;
/** How far a long line jumps when the cursor leaves what is shown of it. */
const jumpColumns = 20;

const esc = '\x1b';
const piece = new RegExp(`${esc}\\[(\\d*)(?:;\\d*)?([A-Za-z])|${esc}.?|\\r?\\n|\\r|[^${esc}\\r\\n]+`, 'gu');

/** One element for each column; the second column of a wide character is empty. */
type Row = string[];

interface Shown {
  readonly row: Row;
  readonly at: number;
}

/** For a PIN the characters, for a script all. */
export type Hidden = 'nothing' | 'characters' | 'all';

export interface Drawing {
  /** What readline draws: text and its sequences, on one row. */
  draw(text: string): void;
  /** Whole lines; they begin on a row of their own. */
  say(text: string): void;
  /** Shows what has been drawn. */
  flush(): void;
  /** The far end has ended the row by itself. */
  rowEnded(): void;
  /** What of what is drawn from now on is not shown; what is said always is. */
  hide(hidden: Hidden): void;
  setColumns(columns: number): void;
}

export function createDrawing(write: (text: string) => void): Drawing {
  let row: Row = [];
  let at = 0;
  let shown: Shown = { row: [], at: 0 };
  let offset = 0;
  let columns = usualColumns;
  let hidden: Hidden = 'nothing';
  let isDue = false;

  function take(text: string, count: string | undefined, sequence: string | undefined): void {
    const n = Number(count || 1);
    if (sequence === 'G') at = n - 1;
    else if (sequence === 'C') at += n;
    else if (sequence === 'D') at = Math.max(0, at - n);
    else if (sequence === 'J') row.length = Math.min(row.length, at);
    else if (text.endsWith('\n')) newRow();
    else if (!text.startsWith(esc) && text !== '\r') put(text);
  }

  function put(text: string): void {
    for (const character of text) {
      const width = stringWidth(character);
      while (row.length < at) row.push(' ');
      if (width === 0) {
        // It belongs to the character before.
        if (at > 0) row[at - 1] += character;
        continue;
      }
      row.splice(at, width, character, ...Array.from({ length: width - 1 }, () => ''));
      at += width;
    }
  }

  function newRow(): void {
    show();
    write('\r\n');
    forget();
  }

  function forget(): void {
    [row, at, offset, shown] = [[], 0, 0, { row: [], at: 0 }];
  }

  function show(): void {
    isDue = false;
    if (hidden !== 'nothing') return;
    const next = view();
    const text = difference(shown, next);
    if (text !== '') write(text);
    shown = next;
  }

  /** The last column stays free: in it some terminals begin a new row. */
  function view(): Shown {
    const room = columns - 1;
    if (at < offset) offset = Math.max(0, at - jumpColumns);
    else if (at > offset + room) offset = at - room + Math.min(jumpColumns, room >> 1);
    const part = row.slice(offset, offset + room);
    while (part.length < at - offset) part.push(' ');
    if (part[0] === '') part[0] = ' ';
    if (part.length === room && row[offset + room] === '') part[room - 1] = ' ';
    return { row: part, at: at - offset };
  }

  return {
    draw(text) {
      if (hidden === 'all') return;
      for (const [match, count, sequence] of text.matchAll(piece)) take(match, count, sequence);
      if (isDue) return;
      isDue = true;
      queueMicrotask(() => isDue && show());
    },
    say(text) {
      show();
      if (shown.row.length > 0 && hidden !== 'all') write('\r\n');
      forget();
      write(`${text.replaceAll('\n', '\r\n')}\r\n`);
    },
    flush: show,
    rowEnded: forget,
    hide(wanted) {
      show();
      if (wanted === 'all') forget();
      hidden = wanted;
    },
    setColumns(wanted) {
      columns = wanted > 2 * jumpColumns ? wanted : usualColumns;
    },
  };
}

/** @returns what makes a terminal show the second, which shows the first */
function difference(from: Shown, to: Shown): string {
  const start = firstDifference(from.row, to.row);
  if (start === undefined) return moved(to.row, from.at, to.at);
  const blanks = ' '.repeat(Math.max(0, from.row.length - to.row.length));
  const end = to.row.length + blanks.length;
  const printed = to.row.slice(start).join('');
  return moved(to.row, from.at, start) + printed + blanks + '\b'.repeat(end - to.at);
}

/** Forward over what is there already, which is printed again. */
function moved(row: Row, from: number, to: number): string {
  return to < from ? '\b'.repeat(from - to) : row.slice(from, to).join('');
}

/** @returns undefined where they are alike */
function firstDifference(a: Row, b: Row): number | undefined {
  let same = 0;
  while (same < b.length && a[same] === b[same]) same++;
  if (same === a.length && same === b.length) return undefined;
  // A wide character is printed as a whole.
  while (same > 0 && (a[same] === '' || b[same] === '')) same--;
  return same;
}
