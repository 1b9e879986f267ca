/** The contact of a validator's door, by its driver, which is loaded only where the settings name it. */
import type { DoorContact } from '../../device/ports.ts';
import type { SerialContactOptions } from './serial-contact.ts';

export type DoorContactSettings = SerialContactOptions & { readonly driver: 'serial-contact' };

/** @throws DeviceError config for a path that cannot be used */
export async function createDoorContact(settings: DoorContactSettings): Promise<DoorContact> {
  return (await import('./serial-contact.ts')).createSerialContact(settings);
}
