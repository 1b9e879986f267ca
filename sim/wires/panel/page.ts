/** The page of the validator's HMI project on a simulated panel: its components, and what a person sees of them. */
import iconv from 'iconv-lite';
import stringWidth from 'string-width';
import type { Light } from '../../../device/core/notice.ts';

export type Attribute = 'txt' | 'bco' | 'pco' | 'id';

export interface TextComponent {
  readonly maxBytes: number;
  readonly columns: number;
  readonly rows: number;
  readonly txt: Uint8Array;
  readonly bco: number;
  readonly pco: number;
}

export interface Page {
  readonly texts: Map<string, TextComponent>;
  readonly hotspots: ReadonlySet<string>;
}

/** As drawn in the editor; what is `missing` the technician forgot. */
export function designedPage(missing: readonly string[]): Page {
  const text = (maxBytes: number, columns: number, rows: number): TextComponent => ({
    ...{ maxBytes, columns, rows },
    ...{ txt: new Uint8Array(), bco: 0, pco: 65_535 },
  });
  const texts = new Map([
    ['light', text(10, 0, 0)],
    ['zh', text(128, 20, 2)],
    ['en', text(128, 40, 2)],
    ['info', text(400, 40, 6)],
  ]);
  for (const name of missing) texts.delete(name);
  const hotspots = ['one', 'two', 'three', 'short', 'long'].filter(name => !missing.includes(name));
  return { texts, hotspots: new Set(hotspots) };
}

/** The rows that can be read, top to bottom: what is too wide goes on in the next row, what is too much is not seen. */
export function linesOf({ texts }: Page, encoding: string): string[] {
  return ['zh', 'en', 'info'].flatMap(name => {
    const component = texts.get(name);
    if (component === undefined) return [];
    const rows = iconv.decode(Buffer.from(component.txt), encoding).split('\r\n');
    return rows.flatMap(row => broken(row, component.columns)).slice(0, component.rows);
  });
}

/** The panel breaks anywhere, also inside a word. */
function broken(row: string, columns: number): string[] {
  const rows = [''];
  for (const char of row) {
    const last = rows.at(-1) ?? '';
    if (stringWidth(last + char, { ambiguousIsNarrow: false }) > columns) rows.push(char);
    else rows[rows.length - 1] = last + char;
  }
  return rows;
}

/** The nearest of what a person would call the strip's colour. */
export function lightOf({ texts }: Page): Light {
  const colour = texts.get('light')?.bco ?? 0;
  const red = (colour >> 11) / 31;
  const green = ((colour >> 5) & 63) / 63;
  if (red < 0.5 && green < 0.5) return 'off';
  if (red < 0.5) return 'green';
  return green < 0.5 ? 'red' : 'amber';
}
