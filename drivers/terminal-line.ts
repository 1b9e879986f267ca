/**
 * Where a technician's terminal attaches. A tty is one session for as long as the wire lasts; for
 * tcp://host:port the validator listens there, and each connection is a session of its own.
 *
 * At most four connections: a further one gets `busy` and is closed. If more than 200 a second come, nobody listens for a second. An idle connection may stay for ever; keep-alive closes
 * one whose far end has vanished. There is no password here: the address in the settings decides who can reach it.
 */
import type { Socket } from 'node:net';
import { type Address, parseAddress } from '../device/kit/address.ts';
import type { Terminal, TerminalEvents } from '../device/ports.ts';
import { keepListening } from './wire/listener.ts';
import { stayedOpenMs, superviseStream } from './wire/supervised-stream.ts';
import type { SerialSettings } from './wire/tty.ts';

export interface TerminalLineOptions extends SerialSettings {
  readonly name: string;
  /** tty path to open, or tcp://host:port to listen on */
  readonly path: string;
}

const maxSessions = 4;
const connectionsPerS = 200;

/** @throws DeviceError config when `path` is no address */
export function createTerminalLine({ name, path, ...serial }: TerminalLineOptions): Terminal {
  const address = parseAddress(path);
  let line: { close(): Promise<void> } | undefined;
  return {
    name,
    open(events) {
      line = address.kind === 'tty' ? hold(name, address, serial, events) : listen(name, address, events);
    },
    async close() {
      await line?.close();
    },
  };
}

function hold(name: string, source: Address, serial: SerialSettings, events: TerminalEvents) {
  return superviseStream({
    ...serial,
    name,
    source,
    readyAfterMs: stayedOpenMs,
    events,
    session: stream => {
      events.session(stream);
      // The port tells the session itself that it closes.
      return () => {};
    },
  });
}

function listen(name: string, { host, port }: Address & { kind: 'tcp' }, events: TerminalEvents) {
  const sessions = new Set<Socket>();
  const listener = keepListening({ name, at: { host, port }, events, connectionsPerS, onConnection });

  function onConnection(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (sessions.size >= maxSessions) {
      socket.resume();
      socket.end('busy\r\n', () => socket.destroy());
      return;
    }
    sessions.add(socket);
    socket.on('close', () => sessions.delete(socket));
    events.session(socket);
  }

  return {
    async close() {
      const closed = listener.close();
      for (const socket of sessions) socket.destroy();
      await closed;
    },
  };
}
