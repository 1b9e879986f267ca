/**
 * One technician's session on the console line, as met in picocom or nc: echo, editing and history by node:readline;
 * CR, LF and CRLF end a line; Ctrl-C ends what is waiting.
 */
import { createInterface } from 'node:readline';
import { type Duplex, Transform } from 'node:stream';
import { messageOf } from '../errors.ts';
import { commands } from './commands.ts';
import type { ConsoleContext } from './context.ts';

const maxLineLength = 200;
/** Enter ends a line; Ctrl-C and Ctrl-U throw it away. */
const endsLine: readonly number[] = [0x0d, 0x0a, 0x03, 0x15];
const backspace: readonly number[] = [0x08, 0x7f];
/** Commands pasted while one is still running. */
const maxTypedAhead = 32;
const maxUnreadBytes = 64 * 1024;
/** Ctrl-D would end the session for good on a serial line; on Ctrl-Z readline stops the whole process. */
const ignoredBytes: readonly number[] = [0x04, 0x1a];

export function startSession(wire: Duplex, context: ConsoleContext): void {
  const guard = guardInput(
    () => wire.writableLength < maxUnreadBytes,
    () => line.line.length,
  );
  const line = createInterface({
    input: wire.pipe(guard),
    output: wire,
    terminal: true,
    prompt: `${context.config.device}> `,
    crlfDelay: Number.POSITIVE_INFINITY,
    historySize: 50,
    completer: complete,
  });
  const say = (text: string) => {
    if (!wire.writableEnded) wire.write(`${text.replace(/\r?\n/g, '\r\n')}\r\n`);
  };
  const typedAhead: string[] = [];
  let running: AbortController | undefined;
  let ended = false;

  async function runAll(): Promise<void> {
    for (let text = typedAhead.shift(); text !== undefined && !ended; text = typedAhead.shift()) {
      running = new AbortController();
      if (text.trim() !== '') say(await answer(text, context, say, running.signal));
      running = undefined;
      if (!ended) line.prompt();
    }
  }

  line.on('line', text => {
    if (typedAhead.length < maxTypedAhead) typedAhead.push(text);
    if (running === undefined) void runAll();
  });
  line.on('SIGINT', () => {
    typedAhead.length = 0;
    if (running !== undefined) running.abort();
    else {
      line.write(null, { ctrl: true, name: 'e' });
      line.write(null, { ctrl: true, name: 'u' });
      say('');
      line.prompt();
    }
  });
  wire.on('error', () => line.close());
  wire.on('close', () => line.close());
  line.on('close', () => {
    ended = true;
    running?.abort();
    wire.end();
  });
  say(`${context.config.device}, line ${context.config.line}. Type help.`);
  line.prompt();
}

async function answer(
  text: string,
  context: ConsoleContext,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const [name = '', ...args] = text.trim().split(/\s+/);
  const command = commands.find(c => c.name === name.toLowerCase());
  if (command === undefined) return `unknown command: ${printable(name)}. Type help.`;
  try {
    return await command.run(context, args, say, signal);
  } catch (error) {
    return `${command.name} failed: ${messageOf(error)}`;
  }
}

function complete(text: string): [string[], string] {
  return [commands.map(c => `${c.name} `).filter(name => name.startsWith(text)), text];
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}

/**
 * readline keeps a line however long it gets: characters beyond the limit are dropped before it, keys that edit are
 * not. And it answers each key: while the far end does not read the answers, what it types is dropped.
 * @param typedLength how long the line is that is being typed
 */
function guardInput(mayAnswer: () => boolean, typedLength: () => number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      let room = maxLineLength - typedLength();
      const kept = chunk.filter(byte => {
        if (endsLine.includes(byte)) room = maxLineLength;
        if (backspace.includes(byte)) room = Math.min(room + 1, maxLineLength);
        const isKey = byte < 0x20 || byte === 0x7f;
        if (isKey) return !ignoredBytes.includes(byte);
        if (room <= 0) return false;
        room--;
        return true;
      });
      done(null, mayAnswer() ? kept : undefined);
    },
  });
}
