/** The network between the two doors: where each validator listens, whom it reaches, and the key that both have. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeDurably } from '../../device/kit/durable-file.ts';
import { freePort } from '../wires/free-port.ts';

export interface DoorWay {
  /** tcp://host:port */
  readonly listen: string;
  readonly reach: readonly string[];
  /** The key's file. */
  readonly key: string;
}

/** @param directory the bus's own; a key made here by a bus before this one is replaced */
export async function openDoorWays(
  directory: string,
): Promise<{ readonly front: DoorWay; readonly rear: DoorWay }> {
  const key = join(directory, 'bus-key.json');
  writeDurably(key, `${JSON.stringify({ busKey: randomBytes(32).toString('hex') })}\n`, 0o600);
  const address = async () => `tcp://127.0.0.1:${await freePort()}`;
  const front = await address();
  const rear = await address();
  return {
    front: { listen: front, reach: [rear], key },
    rear: { listen: rear, reach: [front], key },
  };
}
