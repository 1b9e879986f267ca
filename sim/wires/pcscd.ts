/**
 * A private PC/SC daemon with vpcd's virtual readers: real pcscd, real reader driver, cards dial in over TCP.
 *
 * It gets its listening socket as a service manager would give it (fd 3, LISTEN_FDS), so that it touches neither the
 * machine's own pcscd nor /run; clients find it by PCSCLITE_CSOCK_NAME. Each virtual reader has two slots on neighbouring
 * ports, of which only the first is used, and a copy of the driver, because a loaded driver has only one set of variables for
 * its slots. A reader is ready when its port is listened on. That is read from /proc/net/tcp, because a connection would
 * count as a card. vpcd listens on all addresses.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProgram } from '../../drivers/wire/program.ts';
import { freePortPair } from './free-port.ts';

export interface Pcscd {
  /** For PCSCLITE_CSOCK_NAME. */
  readonly socket: string;
  /** The readers' ports, in the order of their names. */
  readonly ports: readonly number[];
  /** The process now running. */
  readonly pid: number | undefined;
  /** Plugs in the named readers and unplugs the others, in force after `kill` and `start`. */
  plugIn(names: readonly string[]): void;
  /** Ends at once, as kill -9 does; the readers' ports are free then. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const vpcd = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
/** With the folder of the administrator's programs. */
const searchPath = `${process.env.PATH}:/usr/sbin`;
const readyLimitMs = 60_000;

/** Names what this machine lacks to run one; undefined where it lacks nothing. */
export function missingForPcscd(): string | undefined {
  if (!isProgram('pcscd', searchPath)) return 'pcscd (Debian package pcscd)';
  return existsSync(vpcd) ? undefined : 'the virtual reader’s driver (Debian package vsmartcard-vpcd)';
}

/** @param names of the readers; PC/SC adds ` 00 00`, where the second number is the slot */
export async function startPcscd(names: readonly string[]): Promise<Pcscd> {
  const directory = mkdtempSync(join(tmpdir(), 'pcscd-'));
  const socket = join(directory, 'pcscd.comm');
  const readers: VirtualReader[] = [];
  for (const [i, name] of names.entries()) {
    const driver = join(directory, `vpcd-${i}.so`);
    copyFileSync(vpcd, driver);
    readers.push({ name, port: await freePortPair(), driver });
  }
  let pluggedIn = readers;
  let daemon: ChildProcess | undefined;

  function plugIn(wanted: readonly string[]): void {
    pluggedIn = readers.filter(({ name }) => wanted.includes(name));
    mkdirSync(join(directory, 'readers'), { recursive: true });
    writeFileSync(join(directory, 'readers', 'vpcd'), pluggedIn.map(configOf).join('\n'));
  }

  async function start(): Promise<void> {
    const listening = `${socket}.new`;
    const server = createServer().listen(listening);
    await once(server, 'listening');
    const run = 'LISTEN_PID=$$ LISTEN_FDS=1 exec pcscd --foreground -c "$0"';
    const child = spawn('sh', ['-c', run, join(directory, 'readers')], {
      stdio: ['ignore', 'ignore', 'ignore', descriptorOf(server)],
      env: { ...process.env, PATH: searchPath },
    });
    daemon = child;
    // Node removes the socket it listened on by the name it knows.
    renameSync(listening, socket);
    server.close();
    await untilWaiting(pluggedIn, child);
  }

  async function kill(): Promise<void> {
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await ended;
    rmSync(socket, { force: true });
  }

  const killWithUs = () => void daemon?.kill('SIGKILL');
  process.on('exit', killWithUs);
  plugIn(names);
  await start();
  return {
    socket,
    ports: readers.map(({ port }) => port),
    get pid() {
      return daemon?.pid;
    },
    plugIn,
    kill,
    start,
    async close() {
      process.off('exit', killWithUs);
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface VirtualReader {
  readonly name: string;
  readonly port: number;
  readonly driver: string;
}

function configOf({ name, port, driver }: VirtualReader): string {
  const channel = `0x${port.toString(16).toUpperCase()}`;
  return `FRIENDLYNAME "${name}"\nDEVICENAME /dev/null:${channel}\nLIBPATH ${driver}\nCHANNELID ${channel}\n`;
}

/** Node has no public way to open a listening socket for another program without accepting on it. */
function descriptorOf(server: Server): number {
  const { _handle } = server as unknown as { readonly _handle: { readonly fd: number } };
  return _handle.fd;
}

async function untilWaiting(
  readers: readonly { readonly port: number }[],
  daemon: ChildProcess,
): Promise<void> {
  const deadline = performance.now() + readyLimitMs;
  while (!readers.every(({ port }) => isListenedOn(port))) {
    if (daemon.exitCode !== null) throw new Error(`pcscd ended with ${daemon.exitCode}`);
    if (performance.now() > deadline) throw new Error(`pcscd is not ready after ${readyLimitMs} ms`);
    await sleep(10);
  }
}

/** Lines of /proc/net/tcp: number, local address:port in hex, remote address, state; 0A is listening. */
function isListenedOn(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return new RegExp(`^ *\\d+: [0-9A-F]{8}:${hex} [0-9A-F:]+ 0A `, 'm').test(
    readFileSync('/proc/net/tcp', 'utf8'),
  );
}
