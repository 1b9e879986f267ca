/** What was said to a card and what it answered, as a log has it, and the card image that says the same again. */
import { toHex } from '../../../device/core/bytes.ts';
import type { CardImage } from '../card-image.ts';

export interface Exchange {
  readonly command: Uint8Array;
  /** With its status word. */
  readonly response: Uint8Array;
}

export interface Conversation {
  /** Undefined where the log does not tell. */
  readonly atr: Uint8Array | undefined;
  readonly exchanges: readonly Exchange[];
}

export interface Imported {
  readonly image: CardImage;
  /** How many commands the card answers. */
  readonly answers: number;
  /** Commands that were asked again and answered otherwise: the first answer counts. */
  readonly differing: number;
}

/** Of a card with a processor that says nothing of itself. */
export const plainAtr = '3B80800101';
const longestCommand = 261;
const longestAnswer = 258;
const getResponse = 0xc0;
const moreFollows = 0x61;

/** @throws Error where nothing in it can be answered again */
export function imageOfConversation({ atr, exchanges }: Conversation): Imported {
  const answers: Record<string, string> = {};
  let differing = 0;
  for (const { command, response } of joined(exchanges)) {
    if (command.length === 0 || command.length > longestCommand) continue;
    if (response.length < 2 || response.length > longestAnswer) continue;
    const key = toHex(command).toUpperCase();
    const said = toHex(response).toUpperCase();
    const before = answers[key];
    if (before === undefined) answers[key] = said;
    else if (before !== said) differing++;
  }
  const count = Object.keys(answers).length;
  if (count === 0) throw new Error('no command with an answer is in it');
  const given =
    atr !== undefined && atr.length >= 2 && atr.length <= 33 ? toHex(atr).toUpperCase() : plainAtr;
  return { image: { atr: given, applications: [], answers }, answers: count, differing };
}

/** ISO/IEC 7816-4: what is announced by 61xx and fetched by GET RESPONSE is one answer, to the command before. */
function joined(exchanges: readonly Exchange[]): Exchange[] {
  const whole: Exchange[] = [];
  for (const { command, response } of exchanges) {
    const last = whole.at(-1);
    const isRest = command[1] === getResponse && last?.response.at(-2) === moreFollows;
    if (isRest && last !== undefined) {
      const said = Buffer.concat([last.response.subarray(0, -2), response]);
      whole[whole.length - 1] = { command: last.command, response: said };
    } else whole.push({ command, response });
  }
  return whole;
}
