/**
 * A door's contact on a serial line that sends some bytes when the door opens and others when it closes: a microcontroller at
 * the door's switch. It may send them again while nothing changes; how the door stands is not known before the first.
 */
import type { DoorContact } from '../../device/ports.ts';
import { createMessageInput, type MessageInputOptions } from '../wire/message-input.ts';

export interface SerialContactOptions extends MessageInputOptions {
  /** What it sends when the door opens, in hex. */
  readonly opens: string;
  /** What it sends when the door closes; neither begins with the other. */
  readonly closes: string;
}

/** @throws DeviceError config when `path` is no address */
export function createSerialContact({ opens, closes, ...options }: SerialContactOptions): DoorContact {
  const input = createMessageInput(options, [opens, closes]);
  return {
    name: options.name,
    open: events => input.open(events, message => events.moved(message === 0 ? 'open' : 'closed')),
    close: input.close,
  };
}
