/**
 * ZMODEM on the console's wire: lrzsz's `sz` and `rz` do it, with the far end's bytes on their input and theirs on the wire. picocom, minicom
 * and others have the other ends of both.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createWatchdog } from '../../kit/time.ts';
import type { SessionControl } from '../session-control.ts';
import type { Passage } from '../terminal/terminal.ts';

export interface TransferLimits {
  /** A far end that sends nothing for so long is gone, or knows no ZMODEM. */
  readonly silentMs: number;
  /** However it goes. */
  readonly wholeMs: number;
  /** From the far end, ZMODEM's own bytes included. */
  readonly heardBytes: number;
}

export type TransferEnd = 'done' | 'missing' | 'silent' | 'too-long' | 'too-much' | 'aborted' | 'broken';

/**
 * ZFIN in hex. All has come when `rz` says it; what it still waits for, `OO`, picocom throws away when its `sz` has ended.
 */
const goodbye = '\x18B08';

/** After the last byte the far end still has a few words; typed they would be commands. */
const quietMs = 300;
const mostQuietTurns = 10;
const killAfterMs = 2000;
/** A program that does not read, as on a disk that hangs, is not waited for. */
const mostUnreadBytes = 4 * 1024 * 1024;

export interface Transfer {
  readonly program: 'sz' | 'rz';
  readonly args: readonly string[];
  readonly cwd: string;
  readonly limits: TransferLimits;
  /** Asked for every portion that is heard; ends what has gone too far. */
  readonly isTooMuch?: () => boolean;
}

/** @param signal the line goes */
export async function transfer(
  { program, args, cwd, limits, isTooMuch = () => false }: Transfer,
  session: SessionControl,
  signal: AbortSignal,
): Promise<TransferEnd> {
  // Nothing but what it needs: no settings, no keys.
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'ignore'] });
  const started = await Promise.race([
    once(child, 'spawn').then(() => true),
    once(child, 'error').then(() => false),
  ]).catch(() => false);
  if (!started) return 'missing';
  let why: TransferEnd = 'broken';
  let heardBytes = 0;
  let isHeard = false;
  let isOver = false;

  function stop(reason: TransferEnd): void {
    if (killing !== undefined || child.exitCode !== null || child.signalCode !== null) return;
    why = reason;
    child.kill();
    killing = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  }

  let killing: NodeJS.Timeout | undefined;
  let ending: NodeJS.Timeout | undefined;
  const silence = createWatchdog(limits.silentMs, () => stop('silent'));
  const whole = setTimeout(() => stop('too-long'), limits.wholeMs);
  const onAbort = () => stop('aborted');
  signal.addEventListener('abort', onAbort);
  const passage = session.passage(bytes => {
    isHeard = true;
    if (isOver) return;
    silence.restart();
    heardBytes += bytes.length;
    if (heardBytes > limits.heardBytes || isTooMuch()) stop('too-much');
    else if (child.stdin.writableLength > mostUnreadBytes) stop('broken');
    else if (child.stdin.writable) child.stdin.write(bytes);
  });
  silence.restart();
  child.on('error', () => {});
  child.stdin.on('error', () => {}); // It has ended before it read all: its exit tells.
  const hasEnded = once(child, 'exit');
  const saidGoodbye = () => {
    ending = setTimeout(() => child.stdin.end(), quietMs);
  };
  if (signal.aborted) stop('aborted');
  await Promise.all([sayAll(child, passage, saidGoodbye), hasEnded]);
  clearTimeout(ending);
  isOver = true;
  silence.stop();
  clearTimeout(whole);
  clearTimeout(killing);
  signal.removeEventListener('abort', onAbort);
  for (let turn = 0; turn < mostQuietTurns && !signal.aborted; turn++) {
    isHeard = false;
    await delay(quietMs);
    if (!isHeard) break;
  }
  passage.release();
  return child.exitCode === 0 ? 'done' : why;
}

/** What the program says goes out at the wire's pace. */
async function sayAll(
  { stdout }: ChildProcessByStdio<Writable, Readable, null>,
  passage: Passage,
  saidGoodbye: () => void,
): Promise<void> {
  for await (const bytes of stdout) {
    if (bytes.includes(goodbye)) saidGoodbye();
    if (!passage.write(bytes as Buffer)) await passage.drained();
  }
}
