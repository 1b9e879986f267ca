/** The far end of the wire of the crew's key: the firmware connects, and a press sends what keypads of bus equipment send. */
import { createSenderPort } from './sender-port.ts';
import type { Plug } from './wire-server.ts';

export interface CrewKeyPort extends Plug {
  readonly port: number;
  /** @param bytes what is sent instead of one press of 确认 */
  press(bytes?: Uint8Array): void;
  close(): Promise<void>;
}

const enter = Buffer.of(0x0d);

export async function createCrewKeyPort({ port = 0 }: { readonly port?: number } = {}): Promise<CrewKeyPort> {
  const { send, ...wire } = await createSenderPort(port);
  return { ...wire, press: (bytes = enter) => send(bytes) };
}
