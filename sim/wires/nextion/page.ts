/** The page of the validator's HMI project on a simulated display: its components, and what a person sees of them. */
import iconv from 'iconv-lite';
import type { Light } from '../../../device/core/screen.ts';

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
  /** Its numbers, by name. */
  readonly numbers: Map<string, number>;
}

export function emptyPage(): Page {
  return { texts: new Map(), hotspots: new Set(), numbers: new Map() };
}

/** As drawn in the editor, without the components that the technician forgot. */
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
  const numbers = new Map(missing.includes('fed') ? [] : [['fed', 0]]);
  return { texts, hotspots: new Set(hotspots), numbers };
}

/** The rows that can be read, top to bottom. A row that is too wide goes on in the next one; rows beyond the last are not seen. */
export function linesOf({ texts }: Page, encoding: string): string[] {
  return ['zh', 'en', 'info'].flatMap(name => {
    const component = texts.get(name);
    if (component === undefined) return [];
    const rows = iconv.decode(Buffer.from(component.txt), encoding).split('\r\n');
    return rows.flatMap(row => broken(row, component.columns)).slice(0, component.rows);
  });
}

/** The display breaks anywhere, also inside a word. */
function broken(row: string, columns: number): string[] {
  const rows = [''];
  let width = 0;
  for (const char of row) {
    const charWidth = char <= '\x7f' ? 1 : 2;
    width += charWidth;
    if (width > columns) {
      rows.push(char);
      width = charWidth;
    } else rows[rows.length - 1] += char;
  }
  return rows;
}

/** What a person would call the strip's colour. */
export function lightOf({ texts }: Page): Light {
  const colour = texts.get('light')?.bco ?? 0;
  const red = (colour >> 11) / 31;
  const green = ((colour >> 5) & 63) / 63;
  if (red < 0.5 && green < 0.5) return 'off';
  if (red < 0.5) return 'green';
  return green < 0.5 ? 'red' : 'amber';
}
