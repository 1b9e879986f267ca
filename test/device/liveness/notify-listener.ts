/** What a service tells systemd: a socket in systemd's place, which hears each datagram whole. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, until } from '../../harness.ts';
import { temporaryDirectory } from '../../temporary.ts';

/** Node has no such sockets. The descriptor that comes with BARRIER=1 is closed, as systemd does once it has taken what came before. */
const listen = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    words, descriptors, _, _ = socket.recv_fds(s, 4096, 8)
    for descriptor in descriptors: os.close(descriptor)
    print(words.decode(), flush=True)
`;

export interface NotifyListener {
  readonly socket: string;
  /** All that has come but barriers, in its order. */
  readonly heard: readonly string[];
}

export async function listenAsSystemd(context: TestContext): Promise<NotifyListener> {
  const socket = join(temporaryDirectory(context), 'notify');
  const listener = spawn('python3', ['-c', listen, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => listener.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface({ input: listener.stdout }).on('line', line => {
    if (line !== 'BARRIER=1') lines.push(line);
  });
  await until('it listens', () => lines.shift());
  return { socket, heard: lines };
}
