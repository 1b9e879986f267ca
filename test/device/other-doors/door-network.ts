/** The network between the doors of a bus, without its wires. */
import type { BusLink, BusLinkEvents } from '../../../device/ports.ts';

/** Doors that hear each other at once, for as long as the network is not cut. */
export function createDoorNetwork() {
  const doors = new Map<string, BusLinkEvents>();
  let isCut = false;
  const others = (device: string) => [...doors].filter(([name]) => name !== device && !isCut);
  function introduce(device: string): void {
    for (const [, { heard }] of others(device))
      for (const message of doors.get(device)?.opened() ?? []) heard(device, message);
  }
  return {
    door: (device: string): BusLink => ({
      name: 'bus-link',
      open(events) {
        doors.set(device, events);
        for (const name of doors.keys()) introduce(name);
      },
      tell(message) {
        for (const [, { heard }] of others(device)) heard(device, message);
      },
      async close() {
        doors.delete(device);
      },
    }),
    cut(): void {
      isCut = true;
    },
    mend(): void {
      isCut = false;
      for (const name of doors.keys()) introduce(name);
    },
  };
}
