/**
 * What it looks like when a scanner module prints something that is no code, and what to switch off. The texts are English, for log
 * and console, and hold nothing of what was printed: it may be somebody's.
 */

/** Control characters are looked for by their pictures: `␆` is 06. */
type Sign = readonly [looks: (text: string) => boolean, advice: string];

/** @param text latin1 */
export function pictured(text: string): string {
  return text.replace(/\p{Cc}/gu, control => {
    const code = control.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : control;
  });
}

/** A ride code's head as latin1: version, length, the certificate's first two bytes. */
const head = /[\x80-\xff]␁[\x49-\x69]\$␁/;
const headOfSevenBits = /^[^\x80-\xff]*␁[\x49-\x69]\$␁[^\x80-\xff]*$/;

/** What becomes of bytes that pass for text, or lose a bit. */
const conversions: readonly Sign[] = [
  [
    text => Math.max(...['\xef\xbf\xbd', 'efbfbd', 'EFBFBD'].map(lost => text.split(lost).length)) > 3,
    'bytes are replaced by U+FFFD: the module converts what it reads; switch off its conversion to UTF-8',
  ],
  [
    text => headOfSevenBits.test(text),
    'the top bit of each byte is lost: set the line to 8 data bits (frame: 8N1) on both sides',
  ],
];

const damages: readonly Sign[] = [
  [
    text => head.test(text),
    "it sends the code's own bytes, which a line cannot hold: set the module to print hex, or encoding: raw here",
  ],
  [
    text => /^[A-Z0-9+/_=-]{100,}$/.test(text) && /[G-Z]/.test(text),
    'base64 in capitals only: switch off what changes upper and lower case in the module',
  ],
  [
    text => /^[0-9a-f]{32,}$/i.test(text) && text.length % 2 === 1,
    'hex with an odd number of digits: characters are lost or added; compare baudRate and flowControl with the module',
  ],
  [
    // Bytes in hex have two digits.
    text => /^(\d{1,3}[\s,;]+){31,}\d{1,3}[\s,;]*$/.test(text) && /\b[12]\d\d\b/.test(text),
    'it prints each byte as a decimal number: set the module to print hex',
  ],
];

/** Messages as modules print them when they read nothing, and in answer to a command. */
const noRead =
  /^(no[_-]?(read|code|data|barcode|decode)|n[rg]|(bad|fail(ed)?|not)[_-]?(read|code|decoded?)|timeout|err(or)?|fail(ed)?|\?+)$/i;
const acknowledgement = /^(ok(ay)?|n?ack|nak|done|success|yes|no|[!.]+)$/i;
/** Control characters for yes and no, as Honeywell ends its answers with; and the beginning of Grow's answers. */
const controlAnswer = /^[^\x7f-\xff]*[␆␕][.!;]?[␍␊ ]*$|^␂␀[␀-␄]/;

const talks: readonly Sign[] = [
  [
    line => noRead.test(wordOf(line)),
    'it prints a message when it reads nothing, such as NOREAD: switch that message off in the module',
  ],
  [
    line => controlAnswer.test(line) || acknowledgement.test(wordOf(line)),
    'it prints acknowledgements: switch off its answers to commands',
  ],
  [
    line => /[\x7f-\xff]|[\x20-\x7e][␀-␈␎-␟]+[\x20-\x7e]/.test(line),
    'it sends bytes that are neither text nor code: compare baudRate and frame with the module',
  ],
  [
    () => true,
    'it prints texts that are no codes, as modules do at power-on: switch off its start-up and status messages',
  ],
];

/** A message without what may stand around it, as in `<NOREAD>` and `No read!`. */
function wordOf(line: string): string {
  return line.replace(/[^\x21-\x7e]|[<>[\](){}*"'#:]/g, '').replace(/(?<=\w)[!.]+$/, '');
}

/** What looks wrong with a code that cannot be read as it is printed; '' for nothing that is known. */
export function damageOf(text: string): string {
  return adviceIn(damages, text);
}

/** What the module or the line does to all bytes. */
export function conversionOf(text: string): string {
  return adviceIn(conversions, text);
}

/** Whether it is a word that modules are known to say by themselves. */
export function isKnownTalk(text: string): boolean {
  return noRead.test(wordOf(text)) || acknowledgement.test(wordOf(text));
}

/** What looks like the reason for a text that nobody has presented. */
export function talkOf(text: string): string {
  return adviceIn(talks, text);
}

export const besideCode =
  'something is printed beside a ride code that may be part of it: switch off what the module puts before and after codes';
export const noFrames =
  'it sends codes that are in no frame: switch on its output with protocol, or set driver: scanner here';
export const stuckCode =
  "another system's code has been before it for a minute: take it out of its view, or let it print a code in view only once";
export const cutShort =
  'a code ends before the length that it announces: look for a length limit in the module, and for lost bytes on the line';

function adviceIn(signs: readonly Sign[], text: string): string {
  const shown = pictured(text);
  return signs.find(([looks]) => looks(shown))?.[1] ?? '';
}
