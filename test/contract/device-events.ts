/** What any driver says of itself. */
import type { DeviceError } from '../../device/errors.ts';

export function recordDevice() {
  const faults: DeviceError[] = [];
  let readies = 0;
  return {
    faults,
    readies: () => readies,
    events: {
      ready: () => {
        readies++;
      },
      fault: (error: DeviceError) => faults.push(error),
    },
  };
}
