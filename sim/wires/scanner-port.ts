/** The far end of a scanner module's wire: the firmware connects, and reads what the scanner scans. */
import { listenOnWire, type Plug } from './wire-server.ts';

export interface ScannerPort extends Plug {
  readonly port: number;
  readonly connected: boolean;
  /** A string is sent as a line ended by CR LF, as scanner modules do; bytes are sent as they are. */
  send(lineOrBytes: string | Uint8Array): void;
  close(): Promise<void>;
}

export async function createScannerPort({ port = 0 }: { readonly port?: number }): Promise<ScannerPort> {
  const server = await listenOnWire(port, () => {});
  return {
    port: server.port,
    get connected() {
      return server.clients.size > 0;
    },
    send(lineOrBytes) {
      const bytes = typeof lineOrBytes === 'string' ? `${lineOrBytes}\r\n` : lineOrBytes;
      for (const client of server.clients) client.write(bytes);
    },
    unplug: server.unplug,
    plug: server.plug,
    close: server.close,
  };
}
