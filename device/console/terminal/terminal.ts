/**
 * A technician's terminal on a wire, as met in picocom, PuTTY, telnet or nc: keys in, lines out; echo, editing, history and the Tab key by
 * node:readline; CR, LF and CRLF end a line.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Duplex, Writable } from 'node:stream';
import { createDrawing, type Hidden } from './drawing.ts';
import { readKeys } from './keys.ts';
import type { PagedTerminal } from './pager.ts';
import { createTelnet } from './telnet.ts';

const linesRemembered = 50;
const keysAhead = 64;

export interface TerminalEvents {
  line(text: string): void;
  /** Ctrl-C was pressed. @returns whether something was running; otherwise the line begun is thrown away */
  interrupted(): boolean;
  /** @returns what may stand for the last word, and that word */
  complete(text: string): [string[], string];
  /** Too much came at once, and was dropped. */
  flooded(): void;
  /** Something has been typed or sent. */
  stirred(): void;
  /** No more lines come. `gone` says whether the far end reads no more either. */
  closed(gone: boolean): void;
}

export interface Terminal extends PagedTerminal {
  prompt(text: string): void;
  /** Throws away the line begun. */
  discard(): void;
  /** Whoever waits for a key gets none. */
  noMoreKeys(): void;
  hide(hidden: Hidden): void;
  /** It is not to be called back by the arrow keys. */
  forget(line: string): void;
  /** As the terminal itself told; undefined where it did not. */
  rows(): number | undefined;
  /** The wire without anything between, for a file transfer. */
  passage(heard: (bytes: Buffer) => void): Passage;
  end(): void;
}

export interface Passage {
  /** @returns false where the far end is slow: `drained` resolves when it has caught up */
  write(bytes: Buffer): boolean;
  drained(): Promise<void>;
  /** Keys are keys again. */
  release(): void;
}

/** @param speaksTelnet the client is told so, without having begun */
export function openTerminal(wire: Duplex, events: TerminalEvents, speaksTelnet: boolean): Terminal {
  let rows: number | undefined;
  let remembered: string[] = [];
  let waitingForKey: ((key: number | undefined) => void) | undefined;
  let ahead: number[] = [];
  let isClosed = false;
  let isGone = false;
  const write = (bytes: string | Buffer) => !wire.writableEnded && wire.write(bytes);
  const drawing = createDrawing(write);
  const telnet = createTelnet({
    reply: write,
    resized(size) {
      rows = size.rows > 1 ? size.rows : undefined;
      drawing.setColumns(size.columns);
    },
  });
  const keys = readKeys(wire, {
    telnet,
    typedLength: () => line.line.length,
    flooded: () => events.flooded(),
    wholeLines(lines) {
      for (const text of lines) {
        drawing.rowEnded();
        events.line(text);
      }
    },
  });
  const line = createInterface({
    input: keys.typed,
    output: new Writable({
      decodeStrings: false,
      write(text, _encoding, done) {
        drawing.draw(String(text));
        done();
      },
    }),
    terminal: true,
    crlfDelay: Number.POSITIVE_INFINITY,
    historySize: linesRemembered,
    completer: events.complete,
  });

  line.on('line', events.line);
  line.on('history', history => {
    remembered = history;
  });
  line.on('SIGINT', () => {
    if (events.interrupted()) return;
    discard();
    line.prompt();
  });
  wire.on('data', events.stirred);
  wire.on('error', () => line.close());
  wire.on('close', () => {
    isGone = true;
    noMoreKeys();
    line.close();
  });
  wire.on('end', noMoreKeys);
  line.on('close', () => {
    isClosed = true;
    events.closed(isGone);
  });
  if (speaksTelnet) telnet.offer();

  function discard(): void {
    if (isClosed) return;
    line.write(null, { ctrl: true, name: 'e' });
    line.write(null, { ctrl: true, name: 'u' });
    drawing.draw('\r\n');
  }

  function noMoreKeys(): void {
    waitingForKey?.(undefined);
    waitingForKey = undefined;
  }

  function heardKeys(bytes: Buffer): void {
    ahead = [...ahead, ...bytes].slice(0, keysAhead);
    const [key] = ahead;
    if (key === undefined) return;
    ahead.shift();
    keys.divert(undefined);
    waitingForKey?.(key);
  }

  return {
    say(text) {
      drawing.say(text);
    },
    write(text) {
      drawing.flush();
      write(text);
    },
    readKey() {
      if (wire.readableEnded || wire.destroyed) return Promise.resolve(undefined);
      return new Promise(resolve => {
        waitingForKey = resolve;
        keys.divert({ heard: heardKeys });
        heardKeys(Buffer.alloc(0));
      });
    },
    prompt(text) {
      line.setPrompt(text);
      line.prompt();
    },
    discard,
    noMoreKeys() {
      keys.divert(undefined);
      noMoreKeys();
    },
    hide: drawing.hide,
    forget(text) {
      for (let i = remembered.length; i-- > 0; ) if (remembered[i] === text) remembered.splice(i, 1);
    },
    rows: () => rows,
    passage(heard) {
      drawing.flush();
      keys.divert({ binary: true, heard });
      return {
        write: bytes => write(telnet.encode(bytes)),
        drained: () => drained(wire),
        release: () => keys.divert(undefined),
      };
    },
    end: () => void wire.end(),
  };
}

/** Also when nothing will be read any more. */
async function drained(wire: Duplex): Promise<void> {
  if (wire.destroyed || wire.writableEnded || !wire.writableNeedDrain) return;
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(wire, 'drain', { signal }), once(wire, 'close', { signal })]).catch(
    () => undefined,
  );
  over.abort();
}
