/**
 * The bytes of a module that sends codes as they are → codes. A ride code says itself how long it is, and is whole as soon as so
 * many bytes have come, in however many pieces. Only what says no length is ended by silence; a code that has begun is waited for.
 */
import type { Readable } from 'node:stream';
import { readPaced } from '../../device/kit/paced-reading.ts';
import { createWatchdog } from '../../device/kit/time.ts';
import { readBurst } from './burst-code.ts';
import { findCode, isBegun, viewsOf } from './found-codes.ts';
import { code, damaged, type Printed } from './printed.ts';

/** Adapters and port servers hold bytes back: FTDI for 16 ms, others longer. */
const gapMs = 120;
/** A code that has begun goes on by then, or not at all. */
const unfinishedMs = 1000;
const maxBytes = 4096;
/** So much is kept of what is too long: enough for a code that may have begun at its end, also one that grows in UTF-8. */
const keptBytes = 1024;

/** @returns stops the reading; nothing is called back afterwards */
export function readRawCodes(stream: Readable, onPrinted: (printed: Printed) => void): () => void {
  let held: Uint8Array = Buffer.alloc(0);
  let isTooLong = false;
  const silence = createWatchdog(gapMs, endBurst);

  function takeCodes(): void {
    for (const view of viewsOf(held)) {
      let end = 0;
      for (let found = findCode(view); found !== undefined; found = findCode(view, end)) {
        onPrinted(code(Uint8Array.from(found.code)));
        end = found.end;
      }
      if (end === 0) continue;
      held = view === held ? held.subarray(end) : Buffer.alloc(0);
      isTooLong = false;
      return;
    }
  }

  function endBurst(): void {
    const burst = held;
    const wasTooLong = isTooLong;
    held = Buffer.alloc(0);
    isTooLong = false;
    for (const printed of wasTooLong ? [damaged(burst)] : readBurst(burst)) onPrinted(printed);
  }

  const stopReading = readPaced(stream, chunk => {
    held = Buffer.concat([held, chunk]);
    takeCodes();
    if (held.length > maxBytes) {
      isTooLong = true;
      held = held.subarray(-keptBytes);
    }
    if (held.length === 0) silence.stop();
    else silence.restart(viewsOf(held).some(isBegun) ? unfinishedMs : gapMs);
  });
  return () => {
    silence.stop();
    stopReading();
  };
}
