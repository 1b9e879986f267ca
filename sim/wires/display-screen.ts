/** The far end of a terminal display's wire: the firmware connects, and an emulator shows what it draws. */
import { createScreenEmulator, type ScreenEmulator } from './screen-emulator.ts';
import { listenOnWire, type Plug } from './wire-server.ts';

export interface DisplayScreen
  extends Plug,
    Pick<ScreenEmulator, 'lines' | 'light' | 'sign' | 'beeps' | 'onChange'> {
  readonly port: number;
  readonly connected: boolean;
  /** The crew touches their key on it; left out where there is none. */
  touch?(): void;
  close(): Promise<void>;
}

export async function createDisplayScreen({ port = 0 }: { readonly port?: number }): Promise<DisplayScreen> {
  const emulator = createScreenEmulator();
  const server = await listenOnWire(port, newest => {
    // A wire has only one far end: two firmwares drawing on one screen would spoil both pictures.
    for (const client of server.clients) if (client !== newest) client.destroy();
    emulator.reset();
    newest.on('data', bytes => emulator.write(bytes));
  });

  return {
    port: server.port,
    get connected() {
      return server.clients.size > 0;
    },
    lines: emulator.lines,
    light: emulator.light,
    sign: emulator.sign,
    get beeps() {
      return emulator.beeps;
    },
    onChange: emulator.onChange,
    unplug: server.unplug,
    plug: server.plug,
    async close() {
      await server.close();
      emulator.dispose();
    },
  };
}
