/**
 * Telnet among the technician's keys (RFC 854, 855, 857, 858, 1073): what a client negotiates is answered and never typed. Nothing is said
 * unless the client has begun, or the settings say that telnet is spoken here: another terminal would show it. No byte of a text in UTF-8
 * is 255.
 */

const interpretAsCommand = 0xff;
const subnegotiation = 0xfa;
const subnegotiationEnd = 0xf0;
const [will, wont, doIt, dont] = [0xfb, 0xfc, 0xfd, 0xfe];
const isAboutOption = (byte: number): boolean => byte >= will && byte <= dont;
const isCommand = (byte: number): boolean => byte >= 0xf0;

const [echo, suppressGoAhead, windowSize] = [1, 3, 31];
/** With both of them a client sends key by key and shows nothing itself. */
const oursWanted: readonly number[] = [echo, suppressGoAhead];
const theirsWanted: readonly number[] = [suppressGoAhead, windowSize];

/** Keys that telnet has a command of its own for: interrupt, erase a character, erase the line. */
const keys: Readonly<Record<number, number>> = { 244: 0x03, 247: 0x7f, 248: 0x15 };

/** Any that is in use is shorter. After it what follows counts as typed: noise must not make the console deaf. */
const maxSubnegotiationBytes = 256;
/** Far more than any client asks; a line's noise can ask for ever. */
const maxReplies = 64;

type State = 'typing' | 'command' | 'option' | 'subnegotiation' | 'command in subnegotiation';

export interface TelnetEvents {
  reply(bytes: Buffer): void;
  /** How large the client's window is; 0 for what it does not know. */
  resized(size: { readonly columns: number; readonly rows: number }): void;
}

export interface Telnet {
  /** Offers to echo, key by key, and asks for the window's size. */
  offer(): void;
  /** @returns what was typed of a chunk; what belongs together may come in several */
  typed(chunk: Buffer): Buffer;
  /** The same for a file transfer: every byte that the far end means. */
  binary(chunk: Buffer): Buffer;
  /** @returns bytes of a file transfer as the far end wants them */
  encode(bytes: Buffer): Buffer;
}

export function createTelnet({ reply, resized }: TelnetEvents): Telnet {
  let state: State = 'typing';
  let verb = 0;
  let sub: number[] = [];
  let isSpoken = false;
  let repliesLeft = maxReplies;
  let afterReturn = false;
  const ours = new Set<number>();
  const theirs = new Set<number>();
  const refused = new Set<string>();

  function say(word: number, option: number): void {
    if (repliesLeft-- > 0) reply(Buffer.from([interpretAsCommand, word, option]));
  }

  function offer(): void {
    if (isSpoken) return;
    isSpoken = true;
    for (const option of oursWanted) agree(ours, will, option);
    agree(theirs, doIt, windowSize);
  }

  function agree(side: Set<number>, word: number, option: number): void {
    if (side.has(option)) return;
    side.add(option);
    say(word, option);
  }

  function refuse(word: number, option: number): void {
    const key = `${word} ${option}`;
    if (refused.has(key)) return;
    refused.add(key);
    say(word, option);
  }

  function negotiate(option: number): void {
    offer();
    if (verb === doIt) {
      if (oursWanted.includes(option)) agree(ours, will, option);
      else refuse(wont, option);
    } else if (verb === will) {
      if (theirsWanted.includes(option)) agree(theirs, doIt, option);
      else refuse(dont, option);
    } else if (verb === dont && ours.delete(option)) say(wont, option);
    else if (verb === wont && theirs.delete(option)) say(dont, option);
  }

  function hearSubnegotiation(): void {
    const [option, ...bytes] = sub;
    const [high = 0, low = 0, rowsHigh = 0, rowsLow = 0] = bytes;
    if (option === windowSize && bytes.length === 4)
      resized({ columns: high * 256 + low, rows: rowsHigh * 256 + rowsLow });
  }

  /** @param literal the byte that two of 255 mean */
  function typed(byte: number, literal?: number): number | undefined {
    const before = state;
    state = stateAfter(before, byte);
    if (before === 'command') verb = byte;
    if (before === 'option') negotiate(byte);
    if (before === 'subnegotiation' && state === before) sub.push(byte);
    if (before === 'command in subnegotiation') {
      if (state === 'subnegotiation') sub.push(byte);
      else if (byte === subnegotiationEnd) hearSubnegotiation();
    }
    if (!state.endsWith('subnegotiation')) sub = [];
    if (sub.length > maxSubnegotiationBytes) state = 'typing';
    if (before === 'typing') return state === 'typing' ? byte : undefined;
    if (before !== 'command') return undefined;
    if (byte === interpretAsCommand) return literal;
    // A line's noise, and no command: what follows it is typed.
    return isCommand(byte) ? keys[byte] : byte;
  }

  return {
    offer,
    typed(chunk) {
      if (state === 'typing' && !chunk.includes(interpretAsCommand)) return chunk;
      return Buffer.from([...chunk].flatMap(byte => typed(byte) ?? []));
    },
    binary(chunk) {
      if (!isSpoken) return chunk;
      const bytes = [...chunk].flatMap(byte => typed(byte, interpretAsCommand) ?? []);
      return Buffer.from(
        bytes.filter(byte => {
          const isFiller = afterReturn && byte === 0;
          afterReturn = byte === 0x0d;
          return !isFiller;
        }),
      );
    },
    encode(bytes) {
      if (!isSpoken) return bytes;
      const fill: Readonly<Record<number, number[]>> = { 255: [255, 255], 13: [13, 0] };
      return Buffer.from([...bytes].flatMap(byte => fill[byte] ?? byte));
    },
  };
}

function stateAfter(state: State, byte: number): State {
  switch (state) {
    case 'typing':
      return byte === interpretAsCommand ? 'command' : 'typing';
    case 'command':
      if (byte === subnegotiation) return 'subnegotiation';
      return isAboutOption(byte) ? 'option' : 'typing';
    case 'option':
      return 'typing';
    case 'subnegotiation':
      return byte === interpretAsCommand ? 'command in subnegotiation' : 'subnegotiation';
    case 'command in subnegotiation':
      // Twice 255 is a value of 255.
      if (byte === interpretAsCommand) return 'subnegotiation';
      return byte === subnegotiationEnd ? 'typing' : stateAfter('command', byte);
  }
}
