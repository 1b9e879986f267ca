/**
 * Opens one byte stream to a device: a TCP connection dialled out, a tty, or the stdout of a command.
 *
 * Traps. Those of a tty are told in tty.ts. A command is started as the leader of a process group and the whole group is
 * ended, or `sh -c 'ffmpeg … | filter'` would leave ffmpeg behind. A command that waits for a silent source, or for room in
 * its pipe, looks at nobody's death: it is made to die with us (dies-with-us.ts). Those that it starts in turn, as of a
 * pipeline, end by the broken pipe at their next write when this process is killed outright.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { hideUserinfo } from '../device/core/userinfo.ts';
import { DeviceError, messageOf } from '../device/errors.ts';
import { type Address, describeAddress } from './address.ts';
import { dyingWithUs, isSetprivThere } from './dies-with-us.ts';
import { isProgram } from './is-program.ts';
import { openTty, type SerialSettings } from './tty.ts';

export type WireSource = Address | Command;

interface Command {
  readonly kind: 'command';
  readonly command: readonly string[];
}

export interface Wire {
  /** Readable only for a command. Its errors are listened to here. */
  readonly stream: Readable | Duplex;
  /** Resolves, once the wire is gone, to the reason. */
  readonly ended: Promise<string>;
  /** Of a tty: resolves when all that was written is on the wire, or the line is broken. */
  drained?(): Promise<void>;
  /** Resolves within half a second and leaves nothing open. */
  close(): Promise<void>;
}

const connectTimeoutMs = 1000;
const keepAliveAfterMs = 5000;
const terminateGraceMs = 150;
const killGraceMs = 150;
const stderrTailChars = 200;

/**
 * @param serial for a tty
 * @throws DeviceError disconnected when it cannot be opened, or when `signal` aborts meanwhile
 */
export async function openWire(
  name: string,
  source: WireSource,
  serial: SerialSettings,
  signal: AbortSignal,
): Promise<Wire> {
  try {
    if (source.kind === 'tcp') return await openTcp(source.host, source.port, signal);
    if (source.kind === 'tty') return await openTty(source.path, serial);
    return await openCommand(source);
  } catch (error) {
    const where = source.kind === 'command' ? source.command[0] : describeAddress(source);
    throw new DeviceError('disconnected', name, `cannot open ${where}: ${messageOf(error)}`, error);
  }
}

async function openTcp(host: string, port: number, signal: AbortSignal): Promise<Wire> {
  const socket = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveAfterMs,
  });
  socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error('no answer')));
  // Not by the socket's own `signal` option, whose listener stays behind after each failed attempt.
  const giveUp = () => socket.destroy(new Error('given up'));
  signal.addEventListener('abort', giveUp);
  try {
    await once(socket, 'connect');
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
  socket.setTimeout(0);
  const close = async () => {
    socket.destroy();
  };
  return { stream: socket, ended: endOf(socket), close };
}

async function openCommand({ command }: Command): Promise<Wire> {
  const [program = ''] = command;
  if (!isSetprivThere()) throw new Error('setpriv is missing: install the package util-linux');
  if (!isProgram(program)) throw new Error('there is no such program');
  const [launcher, ...words] = dyingWithUs(command);
  const child = spawn(launcher, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  await once(child, 'spawn');
  children.add(child);
  if (children.size === 1) process.on('exit', killChildren);
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    // ffmpeg repeats its address, password included.
    lastWords = hideUserinfo(lastWords + text).slice(-stderrTailChars);
  });
  const exited = new Promise<string>(resolve => {
    child.on('exit', (code, by) =>
      resolve(`${program} ended (${by ?? code}) ${lastWords.replace(/\s+/g, ' ').trim()}`.trim()),
    );
  });
  const outputEnded = endOf(child.stdout).then(why => orSooner(exited, terminateGraceMs, why));
  const close = async () => {
    signalGroup(child, 'SIGTERM');
    if ((await orSooner(exited, terminateGraceMs, undefined)) === undefined) {
      signalGroup(child, 'SIGKILL');
      await orSooner(exited, killGraceMs, undefined);
    }
    child.stdout.destroy();
    child.stderr.destroy();
    children.delete(child);
    if (children.size === 0) process.off('exit', killChildren);
  };
  return { stream: child.stdout, ended: Promise.race([exited, outputEnded]), close };
}

const children = new Set<ChildProcess>();

function killChildren(): void {
  for (const child of children) signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended already.
  }
}

function endOf(stream: Readable): Promise<string> {
  return new Promise(resolve => {
    stream.on('error', error => resolve(messageOf(error)));
    stream.on('end', () => resolve('the other side closed the connection'));
    stream.on('close', () => resolve('the connection was closed'));
  });
}

async function orSooner<T, U>(promise: Promise<T>, limitMs: number, otherwise: U): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<U>(resolve => {
    timer = setTimeout(() => resolve(otherwise), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
