/** A card that answers from a script of hex: a good T-Union or old Beijing card with some answers changed. */
import type { CardReading } from '../../../../device/core/transit-card/reading.ts';
import { checkTransitCard, readTransitCard } from '../../../../device/core/transit-card.ts';

/** Command → answer; a list is given in order, and its last for ever. */
export type Script = Readonly<Record<string, string | readonly string[]>>;

export const file15 = '01011000FFFFFFFF02010310517001999990001220190806204012310000';
export const file17 = `0000000010001000000001${'00'.repeat(49)}`;
export const selectTUnion = '00A4040008A000000632010105';
export const fci = `6F318408A000000632010105A5259F0801029F0C1E${file15}`;

export const tUnion: Script = {
  [selectTUnion]: `${fci}9000`,
  '00B095001E': `${file15}9000`,
  '00B097003C': `${file17}9000`,
  '805C030204': '00000B229000',
  '805C020204': '000000009000',
  '00A4000002ADFA': '6A82',
};

export const file4 = `1000751012345678${'00'}02${'00'.repeat(14)}2019080620401231`;

export const bmac: Script = {
  '00B0840020': `${file4}9000`,
  '00B0850009': '00000000010000000F9000',
  '00A40000021001': '9000',
  '805C000204': '00000B229000',
};

const contactless = '3B888001000000000000000009';
export const storageAtr = '3B8F8001804F0CA000000306030001000000006A';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const now = Date.parse('2022-06-10T08:00:00+08:00');

export interface ScriptedReading {
  readonly reading: CardReading;
  readonly asked: readonly string[];
}

/** All else is answered 6D00. */
export function readScript(script: Script, atr = contactless): ScriptedReading {
  const asked: string[] = [];
  const dialogue = readTransitCard(bytes(atr));
  let step = dialogue.next();
  while (!step.done) {
    const command = Buffer.from(step.value).toString('hex').toUpperCase();
    const given = script[command] ?? '6D00';
    const times = asked.filter(earlier => earlier === command).length;
    asked.push(command);
    step = dialogue.next(bytes(typeof given === 'string' ? given : (given[times] ?? given.at(-1) ?? '')));
  }
  return { reading: step.value, asked };
}

/** `taken KIND BALANCE`, or the reason. */
export function outcome(script: Script, atr?: string): string {
  const { reading } = readScript(script, atr);
  const check = checkTransitCard(reading, now);
  if (!check.accepted) return check.reason;
  return `taken ${check.medium.cardKind} ${check.medium.balanceFen}`;
}

/** Why it was refused, as the log has it. */
export function whyOf(script: Script): string {
  const { reading } = readScript(script);
  return reading.read === 'card' ? '' : reading.why;
}
