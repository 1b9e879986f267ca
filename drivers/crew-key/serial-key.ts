/**
 * A key on a serial line that sends the same bytes for each press: a driver's keypad, or a button with a microcontroller.
 *
 * Keypads of bus equipment send one byte for each key, as 0x0D for 确认, and nothing else.
 */
import type { CrewKey } from '../../device/ports.ts';
import { createMessageInput, type MessageInputOptions } from '../wire/message-input.ts';

export interface SerialKeyOptions extends MessageInputOptions {
  /** What it sends for a press, in hex. */
  readonly sends: string;
}

/** @throws DeviceError config when `path` is no address */
export function createSerialKey({ sends, ...options }: SerialKeyOptions): CrewKey {
  const input = createMessageInput(options, [sends]);
  return {
    name: options.name,
    open: events => input.open(events, events.pressed),
    close: input.close,
  };
}
