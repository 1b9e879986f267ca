/** The one fault type that drivers and stores report; refusals of media are values, never errors. */

/**
 * - `disconnected`: the device or peer is gone (reader unplugged, socket closed)
 * - `medium-lost`: the passenger's card left the field; the reader itself works
 * - `timeout`: no answer within the limit
 * - `protocol`: an answer that breaks the device's protocol
 * - `storage`: a file cannot be read or written
 * - `config`: the settings cannot be used
 */
export type DeviceErrorKind = 'disconnected' | 'medium-lost' | 'timeout' | 'protocol' | 'storage' | 'config';

/** A fault of one device, named; `cause` carries the library's own error where there is one. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  readonly kind: DeviceErrorKind;
  readonly device: string;

  constructor(kind: DeviceErrorKind, device: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.device = device;
  }
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
