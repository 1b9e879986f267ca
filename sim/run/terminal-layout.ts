/** Lays out the terminal of the bus: both validators' screens, the passengers with their keys, the history. */
import type { Audience } from '../../device/core/screen.ts';
import type { Bus } from '../bus/bus.ts';
import { type PostName, postNames } from '../bus/validator-post.ts';
import { broken, centred, cut, fit } from './terminal-rows.ts';

/** Begins a control sequence (ECMA-48). */
export const csi = '\u001b[';
/** One for each passenger; without q, which quits. */
export const passengerKeys = 'abcdefghijklmnoprstuvwxyz';
export const minHistoryRows = 3;
/** As wide as the validators' displays. */
const screenWidth = 40;
/** With the band and what was said. */
const passengerRows = { roomy: 10, tight: 9 };
const crewRows = 12;
/** Between the two doors. */
const widestGap = 2;
const lights: Record<string, string> = { green: '42', amber: '43', red: '41', off: '100' };
const keysHelp = 'letter: front · capital: rear · : command (help) · q quit';

export interface TerminalSize {
  readonly rows?: number;
  readonly columns?: number;
}

export interface Shown {
  readonly bus: Pick<Bus, 'screen' | 'passengers'>;
  readonly title: string;
  /** What each speaker said last; '' for nothing. */
  said(post: PostName, audience: Audience): string;
  readonly history: readonly string[];
}

/** All rows above the command line. They fit 24 rows of 80 columns; larger terminals show the crews' screens too. */
export function layOut(shown: Shown, { rows = 40, columns = 84 }: TerminalSize): string[] {
  const list = passengerList(shown.bus, columns);
  const roomy = rows >= list.length + passengerRows.roomy + minHistoryRows + 4;
  const blank = roomy ? [''] : [];
  const passengers = screensOf(shown, 'passenger', passengerRows[roomy ? 'roomy' : 'tight'], columns);
  const top = [cut(shown.title, columns), ...passengers];
  const bottom = [...blank, ...list, ...blank];
  const left = rows - 1 - top.length - bottom.length;
  const crews = left >= crewRows + minHistoryRows ? screensOf(shown, 'crew', crewRows, columns) : [];
  const history = shown.history.flatMap(text => broken(text, columns));
  const all = [...top, ...crews, ...bottom, ...history.slice(-Math.max(1, left - crews.length))];
  return all.slice(0, Math.max(1, rows - 1));
}

/** Both validators' screens for one audience, side by side: a row for the light, one for what was said, then the display. */
function screensOf({ bus, said }: Shown, audience: Audience, rows: number, columns: number): string[] {
  const gap = ' '.repeat(Math.max(0, Math.min(widestGap, columns - 2 * screenWidth)));
  const width = Math.min(screenWidth, columns >> 1);
  const screens = postNames.map(post => {
    const { light, sign = '', lines } = bus.screen(post, audience);
    const band = `${csi}${lights[light] ?? '100'}m${fit(` ${post} · ${audience} ${sign}`, width)}${csi}0m`;
    return [band, quoted(said(post, audience), width), ...lines.map(line => narrowed(line, width))];
  });
  return Array.from({ length: rows }, (_, row) =>
    screens.map(screen => (row === 0 ? (screen[0] ?? '') : fit(screen[row] ?? '', width))).join(gap),
  );
}

/** The quotes give way to the words. */
function quoted(text: string, width: number): string {
  const whole = text === '' ? '' : `"${text}"`;
  return cut(whole, width) === whole ? whole : text;
}

const rule = /^([┌└├])─+([┐┘┤])$/u;
const boxed = /^│ *(.*?) *│$/u;

/** A display's row for fewer columns than it has: a box loses what is empty in it. */
function narrowed(line: string, width: number): string {
  if (width >= screenWidth) return line;
  const [, left, right] = rule.exec(line) ?? [];
  if (left !== undefined && right !== undefined) return `${left}${'─'.repeat(width - 2)}${right}`;
  const inside = boxed.exec(line)?.[1];
  return inside === undefined ? line : `│${centred(inside, width - 2)}│`;
}

function passengerList({ passengers }: Shown['bus'], columns: number): string[] {
  const isNarrow = columns < 2 * screenWidth;
  const width = isNarrow ? columns >> 1 : screenWidth;
  const cells = passengers.slice(0, passengerKeys.length).map(({ id, medium, health }, i) => {
    const what = isNarrow ? health : `${medium.padEnd(10)} ${health}`;
    return `${passengerKeys[i]} ${id.padEnd(17)}${isNarrow ? ' ' : ''}${what}`;
  });
  const half = Math.ceil(cells.length / 2);
  const rows = cells
    .slice(0, half)
    .map((cell, i) => `${fit(cell, width)}${cut(cells[half + i] ?? '', width)}`.trimEnd());
  const others = passengers.length - cells.length;
  const more = others > 0 ? ` · ${others} more: list` : '';
  return [cut(`${keysHelp}${more}`, columns), ...rows];
}
