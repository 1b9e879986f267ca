/** The far end of the wire of a door's contact: it tells how the door stands to whoever connects, and when it moves. */
import type { DoorState } from '../../device/ports.ts';
import { createSenderPort } from './sender-port.ts';
import type { Plug } from './wire-server.ts';

export interface DoorContactPort extends Plug {
  readonly port: number;
  readonly state: () => DoorState;
  move(door: DoorState): void;
  /** Bytes as they are. */
  send(bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** As the settings have it unless told otherwise: ASCII 1 and 0. */
const bytesOf = { open: Buffer.of(0x31), closed: Buffer.of(0x30) } as const;

/** The door is closed at first. */
export async function createDoorContactPort({
  port = 0,
}: {
  readonly port?: number;
} = {}): Promise<DoorContactPort> {
  let state: DoorState = 'closed';
  const wire = await createSenderPort(port, () => bytesOf[state]);
  return {
    ...wire,
    state: () => state,
    move(door) {
      state = door;
      wire.send(bytesOf[door]);
    },
  };
}
