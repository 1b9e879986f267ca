/** What any driver says of itself. */
import type { DeviceError, DeviceErrorKind } from '../../device/kit/errors.ts';

/** `faults` has one for each kind in an outage, as many words as there may be for it; `words` has them all. */
export function recordDevice() {
  const faults: DeviceError[] = [];
  const words: string[] = [];
  let lasting: DeviceErrorKind | undefined;
  const notes: string[] = [];
  let readies = 0;
  return {
    faults,
    words,
    notes,
    readies: () => readies,
    events: {
      ready: () => {
        lasting = undefined;
        readies++;
      },
      fault: (error: DeviceError) => {
        words.push(error.message);
        if (lasting !== error.kind) faults.push(error);
        lasting = error.kind;
      },
      note: (text: string) => notes.push(text),
    },
  };
}
