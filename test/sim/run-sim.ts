/** Runs the testers' program to its end: in this process, or as one of its own, `node build/sim/main.js …`. */
import { spawn } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../sim/program.ts';
import type { TestContext } from '../harness.ts';

export const simProgram = fileURLToPath(new URL('../../sim/main.js', import.meta.url));

export interface Outcome {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

interface Surroundings {
  /** The test, with which it ends. */
  readonly context?: TestContext;
  /** Paths may be relative to it. */
  readonly cwd?: string;
  /** All that comes on stdin. */
  readonly input?: string;
}

/** Another run waits for it: the streams, the working directory and the exit code are the process's. */
let running: Promise<unknown> = Promise.resolve();

/**
 * In this process, for what ends by itself and is asked nothing. What is printed meanwhile counts as the program's.
 * @param cwd paths may be relative to it
 */
export function runSim(words: readonly string[], cwd = process.cwd()): Promise<Outcome> {
  const outcome = running.then(() => runHere(words, cwd));
  running = outcome.catch(() => undefined);
  return outcome;
}

async function runHere(words: readonly string[], cwd: string): Promise<Outcome> {
  const [output, errors] = [recorded(process.stdout), recorded(process.stderr)];
  const was = { cwd: process.cwd(), exitCode: process.exitCode };
  const dropListeners = listenersUntilNow();
  process.chdir(cwd);
  process.exitCode = 0;
  try {
    await runProgram(words);
    return { code: Number(process.exitCode), output: output.text(), errors: errors.text() };
  } finally {
    process.chdir(was.cwd);
    process.exitCode = was.exitCode;
    dropListeners();
    output.end();
    errors.end();
  }
}

/** @returns what takes away the listeners that the program has left: its process would have ended with them */
function listenersUntilNow(): () => void {
  const events = ['SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection'];
  const kept = [...events.map(event => [process, event] as const), [process.stderr, 'error'] as const].map(
    ([emitter, event]: readonly [EventEmitter, string]) => ({
      emitter,
      event,
      listeners: new Set(emitter.rawListeners(event)),
    }),
  );
  return () => {
    for (const { emitter, event, listeners } of kept)
      for (const listener of emitter.rawListeners(event))
        if (!listeners.has(listener)) emitter.off(event, listener as () => void);
  };
}

/** What is written to a stream of the process, which writes nothing until the end of it. */
function recorded(stream: NodeJS.WriteStream): { text(): string; end(): void } {
  const { write } = stream;
  let text = '';
  stream.write = (chunk: string | Uint8Array) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  return {
    text: () => text,
    end() {
      stream.write = write;
    },
  };
}

export async function runSimProcess(
  words: readonly string[],
  { context, cwd, input = '' }: Surroundings = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [simProgram, ...words], { cwd });
  context?.after(() => void child.kill('SIGKILL'));
  const told = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', chunk => {
    told.output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', chunk => {
    told.errors += chunk;
  });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, ...told };
}
