/** Text → rows of a width, for displays of fixed columns: Chinese counts two columns, and rows break between words. */
import stringWidth from 'fast-string-width';

export type WidthOf = (text: string) => number;

/** Made when first needed: that takes 10 ms, which a start does without. */
let wordSegmenter: Intl.Segmenter | undefined;

/**
 * Breaks between words, which in Chinese is nearly anywhere; a word wider than a row is cut. Only text that does not fit is
 * segmented, because a segmenter's garbage makes collections longer, and a passenger would wait for them.
 */
export function wrap(text: string, width: number, widthOf: WidthOf = stringWidth): string[] {
  const whole = printable(text);
  if (widthOf(whole) <= width) return whole === '' ? [] : [whole];
  const lines: string[] = [];
  let line = '';
  wordSegmenter ??= new Intl.Segmenter('zh', { granularity: 'word' });
  for (const { segment } of wordSegmenter.segment(whole)) {
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

/** The text without control characters, and without invisible ones that reorder text. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').trim();
}
