/** The far end of the wire of the crew's key: the firmware connects, and a press sends what keypads of bus equipment send. */
import { listenOnWire, type Plug } from './wire-server.ts';

export interface CrewKeyPort extends Plug {
  readonly port: number;
  readonly connected: boolean;
  /** @param bytes what is sent instead of one press of 确认 */
  press(bytes?: Uint8Array): void;
  close(): Promise<void>;
}

const enter = Buffer.of(0x0d);

export async function createCrewKeyPort({ port = 0 }: { readonly port?: number } = {}): Promise<CrewKeyPort> {
  const server = await listenOnWire(port, () => {});
  return {
    port: server.port,
    get connected() {
      return server.clients.size > 0;
    },
    press(bytes = enter) {
      for (const client of server.clients) client.write(bytes);
    },
    unplug: server.unplug,
    plug: server.plug,
    close: server.close,
  };
}
