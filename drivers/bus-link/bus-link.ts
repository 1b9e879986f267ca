/** The network between the validators of one bus: each says what has happened at its door, and hears the others. */
import type { BusLink } from '../../device/ports.ts';
import type { Listener } from '../wire/listener.ts';
import { listenToDoors } from './listening.ts';
import type { BusKey } from './psk.ts';
import { type Teller, tellDoor } from './telling.ts';

export interface BusLinkOptions {
  readonly name: string;
  /** Where the others reach this validator, tcp://host:port. */
  readonly listen: string;
  /** Where it reaches the others. */
  readonly reach: readonly string[];
}

export function createBusLink({ name, listen, reach }: BusLinkOptions, own: BusKey): BusLink {
  let hearing: Listener | undefined;
  let ways: readonly Teller[] = [];
  return {
    name,
    open({ part, heard, opened }) {
      hearing ??= listenToDoors({ name, listen, own, events: part(name), heard });
      if (ways.length > 0) return;
      ways = reach.map((to, i) => {
        const wayName = `${name}-${i + 1}`;
        return tellDoor({ name: wayName, reach: to, own, events: part(wayName), opened });
      });
    },
    tell(message) {
      for (const way of ways) way.tell(message);
    },
    async close() {
      await Promise.all([hearing?.close(), ...ways.map(way => way.close())]);
    },
  };
}
