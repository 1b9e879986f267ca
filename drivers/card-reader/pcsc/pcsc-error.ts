/** PC/SC's errors (winscard.h) as the firmware's. */
import { DeviceError, type DeviceErrorKind } from '../../../device/errors.ts';

/** Those not listed are `protocol`: the card is there and does what it should not. */
const kinds: Readonly<Record<string, DeviceErrorKind>> = {
  '0x8010000C': 'medium-lost', // SCARD_E_NO_SMARTCARD
  '0x80100016': 'medium-lost', // SCARD_E_NOT_TRANSACTED: what a card that leaves in the middle of an APDU gives
  '0x8010002F': 'medium-lost', // SCARD_E_COMM_DATA_LOST
  '0x80100068': 'medium-lost', // SCARD_W_RESET_CARD
  '0x80100069': 'medium-lost', // SCARD_W_REMOVED_CARD
  '0x80100009': 'disconnected', // SCARD_E_UNKNOWN_READER
  '0x80100017': 'disconnected', // SCARD_E_READER_UNAVAILABLE
  '0x8010001D': 'disconnected', // SCARD_E_NO_SERVICE
  '0x8010001E': 'disconnected', // SCARD_E_SERVICE_STOPPED
};

export function pcscError(device: string, error: Error): DeviceError {
  const code = /0x([0-9a-f]{8})/i.exec(error.message)?.[1]?.toUpperCase();
  return new DeviceError(kinds[`0x${code}`] ?? 'protocol', device, error.message.trim(), error);
}
