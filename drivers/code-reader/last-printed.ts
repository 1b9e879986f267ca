/** What a scanner module has printed last, so that a technician sees what it looks like and nobody sees whose it is. */
import { isRideCode } from '../../device/core/ride-code.ts';
import type { LastPrinted, ScannerSight } from '../../device/ports.ts';
import type { Printed } from './printed.ts';

export interface LastPrintedNote {
  note(printed: Printed): void;
  sight(): ScannerSight;
}

/** @param nowMs the monotonic clock */
export function createLastPrinted(nowMs = () => performance.now()): LastPrintedNote {
  let count = 0;
  let last: LastPrinted | undefined;
  return {
    note({ is, bytes, advice }) {
      count++;
      const kind = is === 'code' && !isRideCode(bytes) ? 'foreign' : is;
      last = { at: nowMs(), is: kind, bytes: bytes.length, shape: shapeOf(bytes), advice };
    },
    sight: () => ({ kind: 'scanner', printed: count, last }),
  };
}

const mostChars = 48;

/** Whose it is can be told by neither letters nor digits, which are all alike here; how long it is, and what stands between, is left. */
export function shapeOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, mostChars)).toString('latin1');
  const shape = text
    .replace(/[a-z]/g, 'a')
    .replace(/[A-Z]/g, 'A')
    .replace(/[0-9]/g, '9')
    .replace(/[^\x20-\x7e]/g, '.');
  return bytes.length > mostChars ? `${shape}…` : shape;
}
