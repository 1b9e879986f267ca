/** The far end of a camera's wire that sends a frame when it is told to, not at a camera's pace. */
import type { GreyFrame } from '../../drivers/code-reader/engine.ts';
import { y4mFrame, y4mHeader } from '../../sim/media/y4m.ts';
import { noisy } from '../../sim/wires/camera-port.ts';
import { listenOnWire } from '../../sim/wires/wire-server.ts';

export interface CameraWire {
  readonly port: number;
  /** Sends what was encoded by `y4mFrame`, with the noise that makes it another picture each time. */
  send(frame: Uint8Array): void;
  close(): Promise<void>;
}

/** @param first sent to each client at once, so that the firmware knows the camera works */
export async function createCameraWire(first: GreyFrame): Promise<CameraWire> {
  const server = await listenOnWire(0, client => {
    client.write(y4mHeader(first.width, first.height));
    client.write(y4mFrame(first));
  });
  return {
    port: server.port,
    send(frame) {
      const live = noisy(frame);
      for (const client of server.clients) client.write(live);
    },
    close: server.close,
  };
}
