/**
 * Where a technician's terminal attaches. A tty is one session for as long as the wire lasts; for
 * tcp://host:port the validator listens there, and each connection is a session of its own.
 *
 * At most four connections: a further one reads `busy` and is closed. An idle one may stay for ever; one whose
 * far end has vanished is found out by keep-alive. There is no password here: the address in the settings
 * decides who can reach it.
 */
import type { Socket } from 'node:net';
import type { Terminal, TerminalEvents } from '../device/ports.ts';
import { type Address, parseAddress } from './address.ts';
import { keepListening } from './listener.ts';
import { superviseStream } from './supervised-stream.ts';
import type { SerialSettings } from './tty.ts';

export interface TerminalLineOptions extends SerialSettings {
  readonly name: string;
  /** tty path to open, or tcp://host:port to listen on */
  readonly path: string;
}

const maxSessions = 4;
const readyAfterMs = 50;

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
    readyAfterMs,
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
  const listener = keepListening({ name, host, port, events, onConnection });

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
