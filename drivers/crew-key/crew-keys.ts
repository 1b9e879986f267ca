/** All keys of one validator's crew, each by its driver, which is loaded only where the settings name it. */
import type { CrewKey } from '../../device/ports.ts';
import type { SerialKeyOptions } from './serial-key.ts';

export type CrewKeySettings = SerialKeyOptions & { readonly driver: 'serial-key' };

/** @throws DeviceError config for a path that cannot be used */
export async function createCrewKey(settings: CrewKeySettings): Promise<CrewKey> {
  return (await import('./serial-key.ts')).createSerialKey(settings);
}
