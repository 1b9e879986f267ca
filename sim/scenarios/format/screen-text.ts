/** How texts of screens and consoles are compared: without frames and spaces. */
const frameOrSpace = /[\u2500-\u257f\s]+/g;

export function asList(texts: string | readonly string[]): readonly string[] {
  return typeof texts === 'string' ? [texts] : texts;
}

/** @returns the wanted texts that are not there */
export function missingTexts(wanted: readonly string[], got: string): string[] {
  const squeezed = squeeze(got);
  return wanted.filter(text => !squeezed.includes(squeeze(text)));
}

/** Removes frame and spaces. */
export function squeeze(text: string): string {
  return text.replace(frameOrSpace, '');
}

/** A screen in one line, without its frame. */
export function readable(lines: readonly string[]): string {
  const texts = lines.map(line => line.replace(frameOrSpace, ' ').trim()).filter(text => text !== '');
  return texts.length === 0 ? 'an empty screen' : texts.join(' / ');
}

/** Names → values of the lines of a console's answer, such as `version  3`. */
export function rowsOf(answer: string): Readonly<Record<string, string>> {
  const rows = answer.split('\n').map(line => /^(\S+(?: \S+)*)\s{2,}(.*)$/.exec(line));
  return Object.fromEntries(rows.flatMap(row => (row === null ? [] : [[row[1] ?? '', row[2] ?? '']])));
}
