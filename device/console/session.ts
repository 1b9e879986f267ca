/**
 * One technician's session on the console line, as met in picocom or nc: echo, editing and history by node:readline;
 * CR, LF and CRLF end a line; Ctrl-C ends what is waiting.
 */
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { printableLines } from '../kit/printable.ts';
import { createWorkBudget } from '../kit/work-budget.ts';
import { answer, textOf } from './answer.ts';
import type { Dialogue } from './command.ts';
import { commands } from './commands/commands.ts';
import type { ConsoleContext } from './context.ts';
import { readKeys } from './keys.ts';

/** Commands pasted while one is still running. */
const maxTypedAhead = 32;
/** So that a long list of commands leaves the processor to the taps. */
const commandsAtOnce = 8;
const commandsPerS = 10;

export function startSession(wire: Duplex, context: ConsoleContext): void {
  const keys = readKeys(wire, {
    typedLength: () => line.line.length,
    flooded() {
      context.flooded();
      say('too much at once: it was dropped');
      line.prompt();
    },
  });
  const line = createInterface({
    input: keys,
    output: wire,
    terminal: true,
    prompt: `${context.config.device}> `,
    crlfDelay: Number.POSITIVE_INFINITY,
    historySize: 50,
    completer: (text: string) => complete(text, context),
  });
  const say = (text: string) => {
    if (!wire.writableEnded) wire.write(`${printableLines(text).replaceAll('\n', '\r\n')}\r\n`);
  };
  const dialogue: Dialogue = { say, ask: () => Promise.resolve(undefined) };
  const typedAhead: string[] = [];
  const budget = createWorkBudget(commandsAtOnce, commandsPerS);
  let running: AbortController | undefined;
  let answering = false;
  let closed = false;
  /** The far end reads no more. */
  let gone = false;

  async function answerAll(): Promise<void> {
    answering = true;
    while (typedAhead.length > 0 && !gone) {
      if (typedAhead[0]?.trim() === '' || budget.take()) await answerNext();
      else await delay(budget.waitMs());
    }
    answering = false;
    if (closed) wire.end();
  }

  async function answerNext(): Promise<void> {
    const text = typedAhead.shift() ?? '';
    running = new AbortController();
    if (text.trim() !== '')
      say(textOf(await answer(text, commands, context, dialogue, running.signal), 'en'));
    running = undefined;
    if (!closed) line.prompt();
  }

  line.on('line', text => {
    if (typedAhead.length < maxTypedAhead) typedAhead.push(text);
    if (!answering) void answerAll();
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
  wire.on('close', () => {
    gone = true;
    line.close();
  });
  // What was typed before the far end stopped sending is still answered.
  line.on('close', () => {
    closed = true;
    running?.abort();
    if (!answering) wire.end();
  });
  say(`${context.config.device}, line ${context.config.line}. Type help.`);
  line.prompt();
}

/** The command's name, then what may follow it. @returns what may stand for the last word, and that word */
function complete(text: string, context: ConsoleContext): [string[], string] {
  const [name = '', ...args] = text.trimStart().split(/\s+/);
  if (args.length === 0) return [beginningWith(name, commands), name];
  const begun = args.join(' ');
  const last = args.at(-1) ?? '';
  const words = commands.find(c => c.name === name)?.words?.(context) ?? [];
  // What may follow can have spaces itself, and only its last word is completed.
  const fitting = beginningWith(
    begun,
    words.map(word => ({ name: word })),
  );
  return [fitting.map(word => word.slice(begun.length - last.length)), last];
}

function beginningWith(text: string, words: readonly { readonly name: string }[]): string[] {
  return words.map(word => `${word.name} `).filter(word => word.startsWith(text));
}
