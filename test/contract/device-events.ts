/** What any driver says of itself. */
import type { DeviceError } from '../../device/kit/errors.ts';

export function recordDevice() {
  const faults: DeviceError[] = [];
  const notes: string[] = [];
  let readies = 0;
  return {
    faults,
    notes,
    readies: () => readies,
    events: {
      ready: () => {
        readies++;
      },
      fault: (error: DeviceError) => faults.push(error),
      note: (text: string) => notes.push(text),
    },
  };
}
