/** The far end of a Nextion's wire: the firmware connects to a simulated one, which can fail as real ones do. */
import type { DisplayScreen } from '../display-screen.ts';
import { listenOnWire } from '../wire-server.ts';
import {
  confirmComponent,
  createNextionMachine,
  type NextionMachine,
  type NextionOptions,
} from './machine.ts';

/** What a person in front of it sees and hears, and can do to it. */
export interface Nextion extends Pick<DisplayScreen, 'lines' | 'light' | 'sign' | 'beeps' | 'onChange'> {
  readonly machine: NextionMachine;
  /** What came on the wire. */
  take(bytes: Uint8Array): void;
  /** As without power, or with a broken wire: it takes nothing and says nothing. */
  mute(isMute: boolean): void;
}

const beepsOf: Record<string, number> = { one: 1, two: 2, three: 3, short: 1, long: 1 };

/** @param send puts bytes on the wire */
export function createNextion(options: NextionOptions, send: (bytes: Uint8Array) => void): Nextion {
  const listeners = new Set<() => void>();
  let isMuted = false;
  const machine = createNextionMachine(options, {
    answer(bytes) {
      if (!isMuted) send(bytes);
    },
    changed() {
      for (const listener of listeners) listener();
    },
  });
  return {
    machine,
    take(bytes) {
      if (!isMuted) machine.write(bytes);
    },
    mute(isMute) {
      isMuted = isMute;
    },
    lines: machine.lines,
    light: machine.light,
    // It stands before the headline: the strip's own text would take its colour from the driver's mark.
    sign: () => '',
    get beeps() {
      return machine.sounds.reduce((sum, name) => sum + (beepsOf[name] ?? 0), 0);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export interface NextionPort extends Nextion, DisplayScreen {
  /** Bytes on the wire that the display did not send. */
  noise(bytes: Uint8Array): void;
}

export interface NextionPortOptions extends NextionOptions {
  /** Any free one unless given. */
  readonly port?: number;
  /** The speed of the wire to the display; as fast as the network unless given. */
  readonly baudRate?: number;
}

export async function createNextionPort(options: NextionPortOptions = {}): Promise<NextionPort> {
  const send = (bytes: Uint8Array) => {
    for (const client of server.clients) client.write(bytes);
  };
  const nextion = createNextion(options, send);
  const line = options.baudRate === undefined ? undefined : createPacedLine(options.baudRate, nextion.take);
  const server = await listenOnWire(options.port ?? 0, newest => {
    // A wire has only one far end.
    for (const client of server.clients) if (client !== newest) client.destroy();
    newest.on('data', line?.put ?? nextion.take);
  });
  return {
    ...nextion,
    get beeps() {
      return nextion.beeps;
    },
    port: server.port,
    get connected() {
      return server.clients.size > 0;
    },
    noise: send,
    touch: () => nextion.machine.press(confirmComponent.component),
    unplug: server.unplug,
    plug: server.plug,
    async close() {
      line?.close();
      await server.close();
    },
  };
}

const tickMs = 5;
const bitsPerByte = 10;

interface PacedLine {
  put(bytes: Uint8Array): void;
  close(): void;
}

/** A serial line (8N1): bytes put on it come out no faster than the baud rate lets their bits pass. */
function createPacedLine(baudRate: number, deliver: (bytes: Uint8Array) => void): PacedLine {
  const bytesPerMs = baudRate / bitsPerByte / 1000;
  let waiting = Buffer.alloc(0);
  let lastAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const passed = Math.min(waiting.length, Math.floor((now - lastAt) * bytesPerMs));
    if (waiting.length > 0 && passed === 0) return;
    lastAt = now;
    if (passed === 0) return;
    const bytes = waiting.subarray(0, passed);
    waiting = waiting.subarray(passed);
    deliver(bytes);
  }, tickMs);
  return {
    put(bytes) {
      waiting = Buffer.concat([waiting, bytes]);
    },
    close: () => clearInterval(timer),
  };
}
