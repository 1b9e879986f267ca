/**
 * What a telnet client says to its server among the technician's keys (RFC 854, 855): it is no typing. Nothing is answered, so the
 * client stays as it was. No byte of a text in UTF-8 is 255.
 */

const interpretAsCommand = 0xff;
const subnegotiation = 0xfa;
const subnegotiationEnd = 0xf0;
/** WILL, WON'T, DO and DON'T, which an option follows. */
const isAboutOption = (byte: number): boolean => byte >= 0xfb && byte <= 0xfe;
const isCommand = (byte: number): boolean => byte >= 0xf0;

/** Keys that telnet has a command of its own for: interrupt, erase a character, erase the line. */
const keys: Readonly<Record<number, number>> = { 244: 0x03, 247: 0x7f, 248: 0x15 };

/** Any that is in use is shorter. After it what follows counts as typed: noise must not make the console deaf. */
const maxSubnegotiationBytes = 256;

type State = 'typing' | 'command' | 'option' | 'subnegotiation' | 'command in subnegotiation';

/** @returns gives what was typed of each chunk; what belongs together may come in several */
export function createTelnetFilter(): (chunk: Buffer) => Buffer {
  let state: State = 'typing';
  let length = 0;

  function typed(byte: number): number | undefined {
    const before = state;
    state = stateAfter(before, byte);
    length = before.endsWith('subnegotiation') ? length + 1 : 0;
    if (length > maxSubnegotiationBytes) state = 'typing';
    if (before === 'typing') return state === 'typing' ? byte : undefined;
    // A line's noise, and no command: what follows it is typed.
    if (before === 'command') return isCommand(byte) ? keys[byte] : byte;
    return undefined;
  }

  return chunk => {
    if (state === 'typing' && !chunk.includes(interpretAsCommand)) return chunk;
    return Buffer.from([...chunk].flatMap(byte => typed(byte) ?? []));
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
