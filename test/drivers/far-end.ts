/** The far ends of the drivers' wires, for tests: a TCP device that can go and come back, and a PTY by socat. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../sim/wires/free-port.ts';
import { type TestContext, until } from '../harness.ts';

/** A device on the network; it listens once `plug` has been called. */
export interface TcpDevice {
  readonly port: number;
  readonly address: string;
  connections(): number;
  send(bytes: Uint8Array | string): void;
  plug(): Promise<void>;
  unplug(): Promise<void>;
}

export async function createTcpDevice(
  { after }: TestContext,
  onConnection: (socket: Socket) => void = () => {},
): Promise<TcpDevice> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const device: TcpDevice = {
    port,
    address: `tcp://127.0.0.1:${port}`,
    connections: () => sockets.size,
    send(bytes) {
      for (const socket of sockets) socket.write(bytes);
    },
    async plug() {
      server = createServer(socket => {
        sockets.add(socket);
        socket.on('error', () => {}).on('close', () => sockets.delete(socket));
        socket.resume();
        onConnection(socket);
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async unplug() {
      const closing = server;
      server = undefined;
      for (const socket of sockets) socket.destroy();
      if (closing !== undefined) await new Promise(resolve => closing.close(resolve));
    },
  };
  after(device.unplug);
  return device;
}

/** A tty whose other end is held here; it is there once `plug` has been called. */
export interface PtyDevice {
  readonly path: string;
  /** This process holds the tty open. */
  attached(): boolean;
  /** All that came out of the tty so far, latin1. */
  received(): string;
  send(bytes: Uint8Array | string): void;
  /** What is written to the tty is not taken, as by a device that holds CTS low */
  takeNothing(): void;
  plug(): Promise<void>;
  unplug(): Promise<void>;
  /** As when a USB adapter is pulled: the node goes, and nothing is heard on the wire. */
  removeNode(): void;
  /** Resolves when all that was sent is in the line or beyond it. */
  taken(): Promise<unknown>;
  /** The name leads to another device, while the old one is still there for whoever has it open. */
  replug(): Promise<void>;
}

/** @param far what the tty's other end leads to, as socat names it; this process unless given */
export function createPtyDevice({ after }: TestContext, far = '-'): PtyDevice {
  const folder = mkdtempSync(join(tmpdir(), 'pty-'));
  const path = join(folder, 'tty');
  const running = new Set<ChildProcess>();
  let socat: ChildProcess | undefined;
  let received = '';

  async function start(): Promise<void> {
    const started = spawn('socat', [far, `PTY,link=${path},raw,echo=0,wait-slave,pty-interval=0.02`], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    socat = started;
    running.add(started);
    started.stdin.on('error', () => {});
    started.stdout.setEncoding('latin1').on('data', (text: string) => {
      if (socat === started) received += text;
    });
    started.on('exit', () => {
      running.delete(started);
      if (socat === started) socat = undefined;
    });
    await until('the PTY', () => existsSync(path));
  }

  const device: PtyDevice = {
    path,
    attached: () => existsSync(path) && openFiles().includes(realpathSync(path)),
    received: () => received,
    send(bytes) {
      socat?.stdin?.write(bytes);
    },
    taken: () => until('the bytes to be taken', () => (socat?.stdin?.writableLength ?? 0) === 0),
    takeNothing: () => void socat?.kill('SIGSTOP'),
    plug: start,
    async unplug() {
      for (const process of running) process.kill('SIGKILL');
      await until('the end of socat', () => running.size === 0);
      device.removeNode();
    },
    removeNode: () => rmSync(path, { force: true }),
    async replug() {
      device.removeNode();
      await start();
    },
  };
  after(async () => {
    await device.unplug();
    rmSync(folder, { recursive: true });
  });
  return device;
}

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}
