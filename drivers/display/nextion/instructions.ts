/**
 * A screen as instructions for a Nextion or TJC (淘晶驰) display, and what the HMI project on the display must offer.
 *
 * THE PROJECT, for Nextion Editor or USART HMI; a display of 480 × 320 has room for it. Program.s: `baud=115200`, its
 * usual last lines (`printh 00 00 00 ff ff ff 88 ff ff ff`, `page screen`). Encoding GB2312 (USART HMI's own) or
 * UTF-8, as `encoding` in the settings; sys0 is the driver's. One page named `screen`, empty as drawn, with
 * - `light`: text, vscope local, txt empty, sta solid colour, bco 0, a strip at the top; its pco is the driver's
 * - `zh`:    text, txt_maxl 128, isbr 1, room for 2 rows of 10 Chinese characters: the headline, after the light's sign
 *   (√ green, ! amber, × red) for those who see no colours
 * - `en`:    text, txt_maxl 128, isbr 1, room for 2 rows of 40 letters: the headline in English
 * - `info`:  text, txt_maxl 400, isbr 1, room for 6 rows of 40 letters or 20 Chinese characters
 * - `one`, `two`, `three`, `short`, `long`: hotspots, 1 × 1, whose Touch Press Event makes the sound: `play 0,2,0` on
 *   a series with a speaker (Nextion Intelligent, TJC X3 and X5), a switched output on others, nothing without a sounder
 * - on a crew's display a hotspot or button as the crew's key, if it is to have one: Touch Press Event with `Send Component
 *   ID`; the settings name its page and component number. Its touch is press only
 * - `fed`:   variable, vscope local, sta number, val 0
 * - `alive`: timer, tim 500, en 1, whose Timer Event takes the notice down when the firmware does not feed it:
 *   `if(fed.val>0)` `{` `fed.val=fed.val-1` `}else` `{` `light.pco=0` `light.bco=0` `info.txt=""` `en.txt="Out of service"`
 *   `zh.txt="暂停服务"` `}`
 *
 * Instructions are ASCII and end in FF FF FF, which no text can hold: neither encoding has that byte. In a text `"`
 * and `\` are escaped, `\r` is a new row. In GB2312 both bytes of a character are A1 or above; GBK's additional
 * characters may end in 5C, which displays take for a backslash: they become `?`. Rows are broken here, between words,
 * because the display breaks inside them. The light goes out before the texts change and comes on after them, so
 * that no light is ever seen with another screen's text. Colours are RGB565.
 */
import type { Light, Screen, Text, Tone } from '../../../device/core/screen.ts';
import { encodeGb2312, widthOf } from '../gb2312.ts';
import { wrap } from '../wrap.ts';

export type NextionEncoding = 'gb2312' | 'utf-8';

export interface Instruction {
  readonly bytes: Uint8Array;
  /** For people, of an instruction that failed. */
  readonly what: string;
  /** What the display answers when all is well: that it is done, or the number that was asked for. */
  readonly expects: 'done' | number;
  answered?(): void;
}

interface Field {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  /** The component's txt_maxl. */
  readonly maxBytes: number;
}

const zhField: Field = { name: 'zh', columns: 20, rows: 2, maxBytes: 128 };
const enField: Field = { name: 'en', columns: 40, rows: 2, maxBytes: 128 };
const infoField: Field = { name: 'info', columns: 40, rows: 6, maxBytes: 400 };
const colours: Record<Light, number> = { off: 0x0000, green: 0x07e0, amber: 0xfde0, red: 0xf800 };
/** Both encodings' fonts have these. */
const signs: Record<Light, string> = { off: '', green: '√ ', amber: '! ', red: '× ' };
const sounds: readonly Tone[] = ['one', 'two', 'three', 'short', 'long'];
const more = '...';

export const terminator = Buffer.of(0xff, 0xff, 0xff);

export function instruction(text: string, expects: Instruction['expects'] = 'done'): Instruction {
  return { bytes: Buffer.concat([Buffer.from(text, 'ascii'), terminator]), what: text, expects };
}

/** From whatever state: awake and staying so, on an empty page that has all it must have. */
export function setUp(): Instruction[] {
  const wanted = sounds.map(name => `tsw ${name},1`); // answered 0x02 where there is no such component
  return ['thsp=0', 'ussp=0', 'page screen', ...wanted].map(text => instruction(text));
}

export function drawing(screen: Screen, encoding: NextionEncoding): Instruction[] {
  const { headline, details, light } = screen;
  return [
    assign(infoField, infoRows(details), encoding),
    assign(zhField, wrap(signs[light] + headline.zh, zhField.columns, widthOf), encoding),
    assign(enField, wrap(headline.en, enField.columns, widthOf), encoding),
    instruction(`light.bco=${colours[light]}`),
  ];
}

/** The display's timer takes the notice down in the third half second after it. */
export const feed: Instruction = instruction('fed.val=3');

export function sound(tone: Tone): Instruction[] {
  return tone === 'none' ? [] : [instruction(`click ${tone},1`)];
}

/** Far from black and white, which a page may have by itself. */
export const largestMark = 30_000;

/**
 * Before each drawing: wakes the display, puts the light out, and leaves a number on the page. The number is gone with the page,
 * when the display starts anew, and when its timer takes the notice down. Whoever reads it after the drawing knows that all
 * that was drawn is there.
 * @param mark 1 to `largestMark`
 */
export function begin(mark: number): Instruction[] {
  // Asleep a display answers `sleep` only, so that comes first.
  return ['sleep=0', feed.what, `light.bco=${colours.off}`, `light.pco=${mark}`].map(text =>
    instruction(text),
  );
}

export function askMark(mark: number): Instruction {
  return instruction('get light.pco', mark);
}

/** Chinese and English share a row where they fit. */
function infoRows(details: readonly Text[]): string[] {
  const { columns, rows } = infoField;
  const all = details.flatMap(({ zh, en }) => {
    const both = wrap(`${zh} ${en}`, columns, widthOf);
    return both.length <= 1 ? both : [...wrap(zh, columns, widthOf), ...wrap(en, columns, widthOf)];
  });
  return all.length <= rows ? all : [...all.slice(0, rows - 1), more];
}

function assign(field: Field, rows: readonly string[], encoding: NextionEncoding): Instruction {
  const head = Buffer.from(`${field.name}.txt="`, 'ascii');
  const text = textBytes(rows.slice(0, field.rows).join('\n'), field.maxBytes, encoding);
  const bytes = Buffer.concat([head, text, Buffer.from('"', 'ascii'), terminator]);
  return { bytes, what: `${field.name}.txt=`, expects: 'done' };
}

const newRow = Buffer.from('\\r', 'ascii');
const newRowStoredBytes = 2; // as CR LF
const escaped = new Map(['"', '\\'].map(char => [char, Buffer.from(`\\${char}`, 'ascii')]));

/** Whole characters only: half a one at the end would swallow the closing quote. */
function textBytes(text: string, maxBytes: number, encoding: NextionEncoding): Uint8Array {
  const parts: Uint8Array[] = [];
  let storedBytes = 0;
  for (const char of text) {
    const bytes = char === '\n' ? newRow : encode(char, encoding);
    storedBytes += char === '\n' ? newRowStoredBytes : bytes.length;
    if (storedBytes > maxBytes) break;
    parts.push(escaped.get(char) ?? bytes);
  }
  return Buffer.concat(parts);
}

function encode(char: string, encoding: NextionEncoding): Uint8Array {
  return encoding === 'utf-8' ? Buffer.from(char, 'utf8') : encodeGb2312(char);
}
