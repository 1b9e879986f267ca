/** The one fault type that drivers and stores report, and wrong usage. Refusals of media are values, never errors. */

/**
 * - `disconnected`: the device or peer is gone (reader unplugged, socket closed)
 * - `medium-lost`: the passenger's card left the field; the reader itself works
 * - `timeout`: no answer within the limit
 * - `protocol`: an answer that breaks the device's protocol
 * - `storage`: a file cannot be read or written
 * - `config`: the settings cannot be used
 * - `hindered`: it works and is of use, but something is in its way that somebody must take away
 */
export type DeviceErrorKind =
  | 'disconnected'
  | 'medium-lost'
  | 'timeout'
  | 'protocol'
  | 'storage'
  | 'config'
  | 'hindered';

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
  // The engine's own message quotes the text; `located-json.ts` says where it is wrong instead.
  if (thrown instanceof SyntaxError && thrown.message.includes('JSON')) return 'not JSON';
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What somebody typed or named cannot be used: exit code 2. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

/** What somebody has brought is not taken, in words for them, and nothing of it is in use: exit code 1. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** For what can only fail by what somebody named. @throws WrongUsage with the message of whatever `run` throws */
export function orWrongUsage<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new WrongUsage(messageOf(error));
  }
}
