/** A technician's terminal on the firmware's console: dials in, types, and keeps what is printed. */
import { once } from 'node:events';
import { connect } from 'node:net';

const maxOutputChars = 1_000_000;

export interface ConsoleClient {
  /** Sends the keys as they are: end a line with `\r`, as a terminal's Return key does. */
  type(keys: string | Uint8Array): void;
  /** The last million characters printed so far. */
  readonly output: string;
  /** Resolves when either end has hung up. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** @throws the system's error when nothing listens there */
export async function connectConsole({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<ConsoleClient> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  let output = '';
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
  socket.on('error', () => {}); // followed by `close`
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    output = (output + text).slice(-maxOutputChars);
  });

  return {
    type: keys => void socket.write(keys),
    get output() {
      return output;
    },
    closed,
    close() {
      socket.destroy();
      return closed;
    },
  };
}
