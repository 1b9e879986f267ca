/** Takes a display's rows apart: the headline in its box, the details beneath, and the tone. */

export interface ScreenParts {
  readonly headline: readonly string[];
  /** Chinese, and the English beneath it if there is any. */
  readonly details: readonly (readonly string[])[];
  /** One long tone, or a number of short ones. */
  readonly tone: string;
}

const rule = /^[┌└├][─┬┴]*[┐┘┤]$/u;
const boxed = /^│(.*)│$/u;
const toneRow = /^♪/u;

export function partsOf(lines: readonly string[]): ScreenParts {
  const rows = lines.map(line => line.trim()).filter(line => line !== '' && !rule.test(line));
  const headline = rows.flatMap(row => boxed.exec(row)?.[1]?.trim() ?? []);
  const others = rows.filter(row => !boxed.test(row));
  const tone = others.find(row => toneRow.test(row)) ?? '';
  const details = others.filter(row => !toneRow.test(row));
  // A display without boxes shows the headline first.
  return headline.length > 0
    ? { headline, details: pairsOf(details), tone }
    : { headline: details.slice(0, 2), details: pairsOf(details.slice(2)), tone };
}

/** Joins each English row to the Chinese one before it. */
function pairsOf(rows: readonly string[]): string[][] {
  const pairs: string[][] = [];
  for (const row of rows) {
    const last = pairs.at(-1);
    if (last?.length === 1 && isChinese(last[0] ?? '') && !isChinese(row)) last.push(row);
    else pairs.push([row]);
  }
  return pairs;
}

export function isChinese(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}
