/**
 * The display's serial buffer: whole instructions are taken from it one after the other, each in the time that it takes. In
 * protocol reparse mode (`recmod=1`) the project reads the buffer itself, and only `reparseExit` is still an instruction.
 */

const bufferBytes = 1024;
export const end = Buffer.of(0xff, 0xff, 0xff);
export const reparseExit = 'DRAKJHSUYDGBNCJHGJKSHBDN';
const exitBytes = Buffer.concat([Buffer.from(reparseExit, 'ascii'), end]);

export interface SerialInput {
  write(bytes: Uint8Array): void;
  /** Forgets what is in the buffer and under way. */
  clear(): void;
  /** How long each instruction takes. */
  setPace(msPerInstruction: number): void;
}

export interface SerialInputEvents {
  /** @param text in Latin-1, without its end */
  instruction(text: string): void;
  /** Bytes were lost because the buffer is full. */
  overflow(): void;
  isReparsing(): boolean;
}

export function createSerialInput({ instruction, overflow, isReparsing }: SerialInputEvents): SerialInput {
  let buffer = Buffer.alloc(0);
  let msPerInstruction = 0;
  let busy: NodeJS.Timeout | undefined;

  function takeFirst(length: number): void {
    const text = buffer.toString('latin1', 0, length);
    buffer = buffer.subarray(length + end.length);
    instruction(text);
  }

  function work(): void {
    while (busy === undefined) {
      if (isReparsing() && !skipToExit()) return;
      const length = buffer.indexOf(end);
      if (length === -1) return;
      if (msPerInstruction > 0) busy = setTimeout(finish, msPerInstruction, length);
      else takeFirst(length);
    }
  }

  /** @returns whether the exit is there; its beginning may be */
  function skipToExit(): boolean {
    const at = buffer.indexOf(exitBytes);
    buffer = buffer.subarray(at === -1 ? 1 - exitBytes.length : at);
    return at !== -1;
  }

  function finish(length: number): void {
    busy = undefined;
    takeFirst(length);
    work();
  }

  return {
    write(bytes) {
      const room = bufferBytes - buffer.length;
      buffer = Buffer.concat([buffer, bytes.subarray(0, room)]);
      if (bytes.length > room) overflow();
      work();
    },
    clear() {
      clearTimeout(busy);
      busy = undefined;
      buffer = Buffer.alloc(0);
    },
    setPace(ms) {
      msPerInstruction = ms;
    },
  };
}
