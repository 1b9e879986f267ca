/** Texts of screens and consoles as they are compared: frames and spaces do not count. */

const frameOrSpace = /[\u2500-\u257f\s]+/g;

export function all(texts: string | readonly string[]): readonly string[] {
  return typeof texts === 'string' ? [texts] : texts;
}

/** Which of the texts are not there. */
export function missingTexts(wanted: readonly string[], got: string): string[] {
  const squeezed = squeeze(got);
  return wanted.filter(text => !squeezed.includes(squeeze(text)));
}

/** Without frame and spaces. */
export function squeeze(text: string): string {
  return text.replace(frameOrSpace, '');
}

/** A screen in a line, without its frame. */
export function readable(lines: readonly string[]): string {
  const texts = lines.map(line => line.replace(frameOrSpace, ' ').trim()).filter(text => text !== '');
  return texts.length === 0 ? 'an empty screen' : texts.join(' / ');
}

/** `version  3` of each line of a console's answer. */
export function rowsOf(answer: string): Readonly<Record<string, string>> {
  const rows = answer.split('\n').map(line => /^(\S+(?: \S+)*)\s{2,}(.*)$/.exec(line));
  return Object.fromEntries(rows.flatMap(row => (row === null ? [] : [[row[1] ?? '', row[2] ?? '']])));
}
