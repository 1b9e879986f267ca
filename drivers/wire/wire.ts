/**
 * Opens one byte stream to a device: a TCP connection dialled out, a tty, or the stdout of a command. The traps of the latter
 * two are in tty.ts and child.ts.
 */
import type { Duplex, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Address, describeAddress } from '../../device/kit/address.ts';
import { dial } from '../../device/kit/dial.ts';
import { DeviceError, messageOf } from '../../device/kit/errors.ts';
import { withinTime } from '../../device/kit/time.ts';
import { startChild } from './child.ts';
import { tapStream } from './tapped-stream.ts';
import { openTty, type SerialSettings } from './tty.ts';

export type WireSource = Address | Command;

type TcpAddress = Extract<Address, { kind: 'tcp' }>;

interface Command {
  readonly kind: 'command';
  readonly command: readonly string[];
}

export interface Wire {
  /** Readable only for a command. Its errors are handled here. */
  readonly stream: Readable | Duplex;
  /** Resolves, once the wire is gone, to the reason. */
  readonly ended: Promise<string>;
  /** A tty's: resolves when all that was written is on the wire, or the line is broken. */
  drained?(): Promise<void>;
  /** Resolves within half a second and leaves nothing open. */
  close(): Promise<void>;
}

/** A fault is told within two seconds; the slowest links take a second for a name and an answer. */
const connectTimeoutMs = 1500;
const keepAliveAfterMs = 5000;
/** A program that ends closes its output first: for so long its exit code, which says more, is waited for. */
const exitCodeMs = 150;

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
    const wire = await openSource(name, source, serial, signal);
    tapStream(name, wire.stream);
    return wire;
  } catch (error) {
    const where = source.kind === 'command' ? source.command[0] : describeAddress(source);
    throw new DeviceError('disconnected', name, `cannot open ${where}: ${messageOf(error)}`, error);
  }
}

async function openSource(
  name: string,
  source: WireSource,
  serial: SerialSettings,
  signal: AbortSignal,
): Promise<Wire> {
  if (source.kind === 'tcp') return openTcp(name, source, signal);
  return source.kind === 'tty' ? openTty(source.path, serial) : openCommand(source.command);
}

async function openTcp(name: string, { host, port }: TcpAddress, signal: AbortSignal): Promise<Wire> {
  const socket = await dial({ device: name, host, port, timeoutMs: connectTimeoutMs, signal });
  socket.setNoDelay(true).setKeepAlive(true, keepAliveAfterMs);
  const close = async () => {
    socket.destroy();
  };
  return { stream: socket, ended: endOf(socket), close };
}

/** The command ends with the stream, and with this process. */
async function openCommand(command: readonly string[]): Promise<Wire> {
  const { stdout, exited, close } = await startChild(command, { stdout: 'pipe' });
  const ended = exited.then(({ why }) => why);
  const outputClosed = finished(stdout).then(() => closedByOther, messageOf);
  const outputEnded = outputClosed.then(why => withinTime(ended, exitCodeMs, () => why));
  return { stream: stdout, ended: Promise.race([ended, outputEnded]), close };
}

const closedByOther = 'the other side closed the connection';

function endOf(stream: Readable): Promise<string> {
  return new Promise(resolve => {
    stream.on('error', error => resolve(messageOf(error)));
    stream.on('end', () => resolve(closedByOther));
    stream.on('close', () => resolve('the connection was closed'));
  });
}
