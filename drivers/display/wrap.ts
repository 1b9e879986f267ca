/** Text → rows of a width, for displays of fixed columns: Chinese counts two columns, and rows break between words. */
import stringWidth from 'string-width';

export type WidthOf = (text: string) => number;

const words = new Intl.Segmenter('zh', { granularity: 'word' });

/**
 * Breaks between words, which in Chinese is nearly anywhere; a word wider than a row is cut. Only what does not
 * fit is segmented: what a segmenter leaves behind holds up the garbage collector, and with it a passenger.
 */
export function wrap(text: string, width: number, widthOf: WidthOf = stringWidth): string[] {
  const whole = printable(text);
  if (widthOf(whole) <= width) return whole === '' ? [] : [whole];
  const lines: string[] = [];
  let line = '';
  for (const { segment } of words.segment(whole)) {
    for (const piece of widthOf(segment) > width ? segment : [segment]) {
      if (widthOf(line + piece) > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += line === '' ? piece.trimStart() : piece;
    }
  }
  return [...lines, line.trimEnd()].filter(text => text !== '');
}

/** Nothing that a display would obey, and nothing invisible that reorders text. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').trim();
}
