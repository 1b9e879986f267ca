/**
 * A TCP server whose kernel answers nobody while it dozes: its queue is full, so each SYN is dropped and sent again after 1, 3,
 * 7 … s. Who dials it meets a link as slow as that, with nothing played in between.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { TestContext } from './harness.ts';

export interface DrowsyListener {
  readonly port: number;
  /** It answers from now on. */
  wake(): void;
}

const script = `
  const server = require('node:net').createServer(socket => socket.on('error', () => undefined));
  server.listen({ host: process.argv[1], port: Number(process.argv[2]), backlog: 1 },
    () => console.log(server.address().port));`;
/** Linux takes one more than the backlog says. */
const queued = 2;

/** @param port 0 for any */
export async function startDozing({ after }: TestContext, host: string, port = 0): Promise<DrowsyListener> {
  const child = spawn(process.execPath, ['-e', script, host, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  after(() => child.kill('SIGKILL'));
  const [line] = await once(createInterface(child.stdout), 'line');
  child.kill('SIGSTOP');
  for (let i = 0; i < queued; i++) {
    const socket = connect({ host, port: Number(line) }).on('error', () => undefined);
    after(() => socket.destroy());
    await once(socket, 'connect');
  }
  return { port: Number(line), wake: () => void child.kill('SIGCONT') };
}
