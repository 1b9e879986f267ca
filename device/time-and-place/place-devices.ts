/** Opens what tells where the bus is: the GNSS receiver, and the contact of the door. */
import type { DeviceError } from '../kit/errors.ts';
import type { Closer } from '../kit/process.ts';
import type { Parts } from '../parts.ts';
import type { DoorContact, Fix, GnssReceiver } from '../ports.ts';
import type { ValidatorClock } from './clock.ts';
import type { Whereabouts } from './whereabouts.ts';

interface PlaceDevices {
  readonly drivers: {
    readonly receiver: GnssReceiver | undefined;
    readonly doorContact: DoorContact | undefined;
  };
  readonly parts: Parts;
  readonly closers: Closer[];
}

export function openPlaceDevices(
  { drivers: { receiver, doorContact }, parts, closers }: PlaceDevices,
  time: Pick<ValidatorClock, 'hear'>,
  whereabouts: Pick<Whereabouts, 'hear' | 'hearDoor'>,
): void {
  if (receiver !== undefined) {
    const fix = (heard: Fix) => {
      time.hear(heard);
      whereabouts.hear(heard);
    };
    receiver.open({ ...parts.add('gnss', receiver.name), fix });
    closers.push(receiver.close);
  }
  if (doorContact === undefined) return;
  const part = parts.add('door-contact', doorContact.name);
  const fault = (error: DeviceError) => {
    whereabouts.hearDoor(undefined);
    part.fault(error);
  };
  doorContact.open({ ...part, fault, moved: whereabouts.hearDoor });
  closers.push(doorContact.close);
}
