/** A serial line of a baud rate: bytes put on it come out no faster than its bits go over the wire, 8N1. */

const tickMs = 5;
const bitsPerByte = 10;

export interface PacedLine {
  put(bytes: Uint8Array): void;
  close(): void;
}

export function createPacedLine(baudRate: number, deliver: (bytes: Uint8Array) => void): PacedLine {
  const bytesPerMs = baudRate / bitsPerByte / 1000;
  let waiting = Buffer.alloc(0);
  let lastAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const passed = Math.min(waiting.length, Math.floor((now - lastAt) * bytesPerMs));
    if (waiting.length > 0 && passed === 0) return;
    lastAt = now;
    if (passed === 0) return;
    const bytes = waiting.subarray(0, passed);
    waiting = waiting.subarray(passed);
    deliver(bytes);
  }, tickMs);
  return {
    put(bytes) {
      waiting = Buffer.concat([waiting, bytes]);
    },
    close: () => clearInterval(timer),
  };
}
