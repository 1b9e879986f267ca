/** The far end of a panel display's wire: the firmware connects to a simulated panel that can fail as real ones do. */
import type { DisplayScreen } from '../display-screen.ts';
import { listenOnWire } from '../wire-server.ts';
import { createPanelMachine, type PanelMachine, type PanelOptions } from './machine.ts';
import { createPacedLine } from './paced-line.ts';

/** What a person before it sees and hears, and can do to it. */
export interface Panel extends Pick<DisplayScreen, 'lines' | 'light' | 'beeps' | 'onChange'> {
  readonly machine: PanelMachine;
  /** What came on the wire. */
  take(bytes: Uint8Array): void;
  /** No power, or a broken wire in either direction: it takes nothing and says nothing. */
  mute(isMute: boolean): void;
}

const beepsOf: Record<string, number> = { one: 1, two: 2, three: 3, short: 1, long: 1 };

/** @param send puts bytes on the wire */
export function createPanel(options: PanelOptions, send: (bytes: Uint8Array) => void): Panel {
  const listeners = new Set<() => void>();
  let isMuted = false;
  const machine = createPanelMachine(options, {
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
    get beeps() {
      return machine.sounds.reduce((sum, name) => sum + (beepsOf[name] ?? 0), 0);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export interface PanelPort extends Panel, DisplayScreen {
  /** Bytes on the wire that the panel did not send. */
  noise(bytes: Uint8Array): void;
}

export interface PanelPortOptions extends PanelOptions {
  /** Any free one unless given. */
  readonly port?: number;
  /** How fast the wire to the panel is; without it the network's own. */
  readonly baudRate?: number;
}

export async function createPanelPort(options: PanelPortOptions = {}): Promise<PanelPort> {
  const send = (bytes: Uint8Array) => {
    for (const client of server.clients) client.write(bytes);
  };
  const panel = createPanel(options, send);
  const line = options.baudRate === undefined ? undefined : createPacedLine(options.baudRate, panel.take);
  const server = await listenOnWire(options.port ?? 0, newest => {
    // A wire has one other end.
    for (const client of server.clients) if (client !== newest) client.destroy();
    newest.on('data', line?.put ?? panel.take);
  });
  return {
    ...panel,
    get beeps() {
      return panel.beeps;
    },
    port: server.port,
    get connected() {
      return server.clients.size > 0;
    },
    noise: send,
    unplug: server.unplug,
    async close() {
      line?.close();
      await server.close();
    },
  };
}
