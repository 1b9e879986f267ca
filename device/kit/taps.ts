/**
 * Where what passes on the wires can be listened to: by a trace that a technician has asked for, and by nobody else. While nobody
 * listens, a look at each chunk is all that it costs.
 */
import { channel } from 'node:diagnostics_channel';

/** To the device, or from it. */
export type Direction = 'out' | 'in';

/** On the channel `fare-validator.wire`: one chunk on a byte stream to a device. */
export interface WireChunk {
  /** The part's, as the settings have it. */
  readonly name: string;
  readonly direction: Direction;
  readonly bytes: Uint8Array;
}

/** On the channel `fare-validator.card`: what happens between a reader and what is in it. */
export type CardTraffic = { readonly reader: string } & (
  | { readonly event: 'inserted' }
  | { readonly event: 'command'; readonly command: Uint8Array }
  | { readonly event: 'response'; readonly command: Uint8Array; readonly response: Uint8Array }
  | { readonly event: 'removed' }
);

export const wireTap = channel('fare-validator.wire');
export const cardTap = channel('fare-validator.card');
