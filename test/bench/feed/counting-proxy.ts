/** A TCP proxy that counts every byte of both directions: what the wire carries, headers and all. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export interface CountingProxy {
  readonly url: string;
  /** Bytes since the last call. */
  take(): number;
  close(): Promise<void>;
}

const host = '127.0.0.1';

export async function startCountingProxy(targetPort: number): Promise<CountingProxy> {
  let bytes = 0;
  const server = createServer(client => {
    const target = connect(targetPort, host);
    const count = (part: Buffer) => {
      bytes += part.length;
    };
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on('data', count).on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${host}:${port}`,
    take() {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    async close() {
      server.close();
    },
  };
}
