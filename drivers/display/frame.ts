/**
 * A screen as one frame of terminal bytes: at most 24 rows of 40 columns, for any terminal that knows the
 * VT100's sequences and CJK characters of double width.
 *
 * In this order: begin synchronised update (`CSI ? 2026 h`), hide the cursor, clear, home; two rows in the
 * light's background colours and black (SGR 42;30 green, 43;30 amber, 41;30 red, none when off), in the second a sign for those who see no
 * colours (✓ green, ! amber, ✗ red); the headline in a box, Chinese above English; the details; the tone as `♪`
 * per sound; the tone again as BEL characters (three for `three`, two for `two`, one for the others); end
 * synchronised update (`CSI ? 2026 l`). The update brackets tell where a
 * frame ends; terminals that do not know them ignore them. Rows end in CR LF, the last row in nothing.
 *
 * Box and note characters have an ambiguous width and count as narrow: set the terminal the same way.
 */
import stringWidth from 'fast-string-width';
import type { Light, Screen, Text, Tone } from '../../device/core/screen.ts';
import { wrap } from './wrap.ts';

const columns = 40;
const rows = 24;
const csi = '\u001b[';
const bell = '\u0007';
const backgrounds: Record<Light, string> = { off: '0', green: '42;30', amber: '43;30', red: '41;30' };
const signs: Record<Light, string> = { off: '', green: '✓', amber: '!', red: '✗' };
const sounds: Record<Tone, number> = { none: 0, one: 1, two: 2, three: 3, short: 1, long: 1 };

export function frameOf(screen: Screen): string {
  const lines = [
    ...lightBand(screen.light),
    ...headlineBox(screen.headline),
    ...screen.details.flatMap(detail => [...wrap(detail.zh, columns), ...wrap(detail.en, columns)]),
  ];
  const note = toneLine(screen.tone);
  const drawn = [...lines.slice(0, rows - 1), note].join('\r\n');
  const begin = `${csi}?2026h${csi}0m${csi}?25l${csi}2J${csi}H`;
  return `${begin}${drawn}${bell.repeat(sounds[screen.tone])}${csi}?2026l`;
}

function lightBand(light: Light): string[] {
  const row = (text: string) => `${csi}${backgrounds[light]}m${centred(text, columns)}${csi}0m`;
  return [row(''), row(signs[light])];
}

function headlineBox({ zh, en }: Text): string[] {
  const inner = columns - 4;
  const rule = '─'.repeat(columns - 2);
  const row = (text: string) => `│ ${centred(text, inner)} │`;
  const bold = (text: string) => `${csi}1m${text}${csi}0m`;
  const headline = [...wrap(zh, inner), ...wrap(en, inner)].map(row).map(bold);
  return [`┌${rule}┐`, ...headline, `└${rule}┘`];
}

function toneLine(tone: Tone): string {
  if (tone === 'long') return '♪────';
  return Array.from({ length: sounds[tone] }, () => '♪').join(' ');
}

function centred(text: string, width: number): string {
  const spare = width - stringWidth(text);
  const left = Math.floor(spare / 2);
  return ' '.repeat(left) + text + ' '.repeat(spare - left);
}
