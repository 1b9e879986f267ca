/** What goes over the wire to a card and back (ISO 7816): its form and its limits. */
import { DeviceError } from '../../device/kit/errors.ts';

/** Enough for any command or response without extended length, and for what cards send with it. */
export const maxBodyBytes = 4096;

/** CLA INS P1 P2 at least. @throws DeviceError protocol */
export function checkCommand(device: string, command: Uint8Array): void {
  if (command.length < 4 || command.length > maxBodyBytes) {
    throw new DeviceError('protocol', device, `a command of ${command.length} bytes`);
  }
}

/** An answer to reset (ISO 7816-3): a byte for the direct or the inverse convention, and at most 32 more. */
export function isAtr(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes.length <= 33 && (bytes[0] === 0x3b || bytes[0] === 0x3f);
}
