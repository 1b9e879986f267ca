/** Text from outside on its way to a terminal, a log or a report: nothing in it moves the cursor, ends a line or turns the text round. */

/** C0 and C1 controls, what turns the direction of writing, and Unicode's own line ends. */
const control = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;
const controlButNewline = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** A word or a line: each control character is written as `\u001b`, which JSON reads as the character itself. */
export function printable(text: string): string {
  return text.replace(control, escaped);
}

/** A text of several lines. */
export function printableLines(text: string): string {
  return text.replace(controlButNewline, escaped);
}

/** Prints a text and ends its line. All that the programs say goes this way, except what draws on the terminal. */
export function say(text: string, to: NodeJS.WritableStream = process.stdout): void {
  to.write(`${printableLines(text)}\n`);
}

export function sayError(text: string): void {
  say(text, process.stderr);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
