/** Long answers a screen at a time: space for the next, Enter for a line, q for no more. */

const more = '-- more: space, Enter, q / 更多：空格、回车、q --';
const wipe = `\r${' '.repeat(50)}\r`;

const [ctrlC, enter, newline, space] = [0x03, 0x0d, 0x0a, 0x20];

export interface PagedTerminal {
  /** Lines without their end. */
  say(text: string): void;
  /** Without an end of line. */
  write(text: string): void;
  /** @returns one key; undefined when there will be none any more */
  readKey(): Promise<number | undefined>;
}

/** @param rows of the terminal; the last is for the question */
export async function sayInPages(text: string, rows: number, terminal: PagedTerminal): Promise<void> {
  const lines = text.split('\n');
  const page = Math.max(1, rows - 1);
  let next = page;
  terminal.say(lines.slice(0, page).join('\n'));
  while (next < lines.length) {
    terminal.write(more);
    const wanted = await linesWanted(terminal, page);
    terminal.write(wipe);
    if (wanted === 0) return;
    terminal.say(lines.slice(next, next + wanted).join('\n'));
    next += wanted;
  }
}

async function linesWanted(terminal: PagedTerminal, page: number): Promise<number> {
  for (;;) {
    const key = await terminal.readKey();
    if (key === undefined || key === ctrlC || key === 'q'.charCodeAt(0) || key === 'Q'.charCodeAt(0))
      return 0;
    if (key === enter || key === newline) return 1;
    if (key === space) return page;
  }
}
