/** The time that all machines of a simulated bus share: a file of two numbers, each a double as this processor has it. */
import { closeSync, openSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs';

export interface SharedTime {
  /** By how much the machines' wall clocks are ahead of this computer's, in milliseconds. */
  readonly aheadMs: number;
  /** How many milliseconds their clocks have been put on since they were started, monotonic ones too. */
  readonly lapsedMs: number;
}

const bytes = 2 * Float64Array.BYTES_PER_ELEMENT;

export interface TimeSetter {
  set(time: SharedTime): void;
  close(): void;
}

export function createSharedTime(file: string, first: SharedTime): TimeSetter {
  const bytesOf = ({ aheadMs, lapsedMs }: SharedTime) =>
    new Uint8Array(Float64Array.of(aheadMs, lapsedMs).buffer);
  writeFileSync(`${file}.new`, bytesOf(first));
  renameSync(`${file}.new`, file);
  const handle = openSync(file, 'r+');
  return {
    set: time => void writeSync(handle, bytesOf(time), 0, bytes, 0),
    close: () => closeSync(handle),
  };
}

/** @throws the system's error where it cannot be read */
export function openSharedTime(file: string): { read(): SharedTime } {
  const handle = openSync(file, 'r');
  const numbers = new Float64Array(2);
  const read = new Uint8Array(numbers.buffer);
  return {
    read() {
      readSync(handle, read, 0, bytes, 0);
      const [aheadMs = 0, lapsedMs = 0] = numbers;
      return { aheadMs, lapsedMs };
    },
  };
}
