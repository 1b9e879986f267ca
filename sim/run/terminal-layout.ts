/** Lays out the terminal of the bus: both validators' screens, the passengers with their keys, the history. */
import stringWidth from 'fast-string-width';
import type { Bus } from '../bus/bus.ts';
import type { Audience } from '../bus/screens.ts';
import { postNames } from '../bus/validator-post.ts';

/** Begins a control sequence (ECMA-48). */
export const csi = '\u001b[';
/** One for each passenger; without q, which quits. */
export const passengerKeys = 'abcdefghijklmnoprstuvwxyz';
export const minHistoryRows = 4;
const screenWidth = 40;
const passengerRows = { roomy: 9, tight: 8 };
const crewRows = 11;
const lights: Record<string, string> = { green: '42', amber: '43', red: '41', off: '100' };

/** All rows above the command line. They fit 24 rows of 80 columns; larger terminals show the crews' screens too. */
export function layOut(
  bus: Bus,
  title: string,
  history: readonly string[],
  { rows = 40, columns = 84 },
): string[] {
  const list = passengerList(bus);
  const roomy = rows >= list.length + passengerRows.roomy + minHistoryRows + 4;
  const blank = roomy ? [''] : [];
  const gap = columns >= 2 * screenWidth + 2 ? '  ' : '';
  const passengers = screensOf(bus, 'passenger', passengerRows[roomy ? 'roomy' : 'tight'], gap);
  const top = [title, ...passengers];
  const bottom = [...blank, ...list, ...blank];
  const left = rows - 1 - top.length - bottom.length;
  const crews = left >= crewRows + minHistoryRows ? screensOf(bus, 'crew', crewRows, gap) : [];
  return [...top, ...crews, ...bottom, ...history.slice(-Math.max(1, left - crews.length))];
}

/** Both validators' screens for one audience, side by side. */
function screensOf(bus: Bus, audience: Audience, rows: number, gap: string): string[] {
  const screens = postNames.map(post => {
    const { light, lines } = bus.screen(post, audience);
    const band = `${csi}${lights[light] ?? '100'}m${fit(` ${post} · ${audience}`)}${csi}0m`;
    return [band, ...lines.map(fit)];
  });
  return Array.from({ length: rows }, (_, row) => screens.map(screen => screen[row] ?? fit('')).join(gap));
}

function passengerList(bus: Bus): string[] {
  const cells = bus.passengers
    .slice(0, passengerKeys.length)
    .map(({ id, medium, health }, i) => `${passengerKeys[i]} ${id.padEnd(17)}${medium.padEnd(10)} ${health}`);
  const half = Math.ceil(cells.length / 2);
  const rows = cells.slice(0, half).map((cell, i) => `${cell.padEnd(screenWidth)}${cells[half + i] ?? ''}`);
  return ['letter: front · capital: rear · : command (help) · q quit', ...rows];
}

function fit(text: string): string {
  return text + ' '.repeat(Math.max(0, screenWidth - stringWidth(text)));
}
