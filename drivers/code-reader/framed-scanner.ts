/**
 * A scanner module that sends each code as a frame: the byte 03, the code's length in two bytes (big-endian), the code.
 *
 * Grow's GM65 family can be set to this ("output with protocol"), by its manual. The length says where a code ends, so
 * no byte of a binary code can pass for a line end. Bytes that begin no frame are passed over, and a technician is told what they look
 * like. A frame that is not whole when the line has been silent for 200 ms is given up; one with a ride code in it is waited for, and
 * refused if it does not go on.
 */
import type { Readable } from 'node:stream';
import { readPaced } from '../../device/kit/paced-reading.ts';
import { createWatchdog } from '../../device/kit/time.ts';
import type { CodeReader } from '../../device/ports.ts';
import { readBurst } from './burst-code.ts';
import { isBegun } from './found-codes.ts';
import { beginsAsRideCode, splitFrames } from './framing.ts';
import { contentOf } from './line-code.ts';
import { createModuleReader, type ModuleOptions } from './module-reader.ts';
import { noFrames, talkOf } from './module-talk.ts';
import type { Printed } from './printed.ts';

const gapMs = 200;
const unfinishedMs = 1000;
/** So much is kept of what is passed over: enough to tell what it looks like. */
const passedBytes = 1024;

/** @throws DeviceError config when `path` is no address */
export function createFramedScanner(options: ModuleOptions): CodeReader {
  return createModuleReader(options, (stream, _, onPrinted) => readFrames(stream, onPrinted));
}

/** @returns stops the reading; nothing is called back afterwards */
function readFrames(stream: Readable, onPrinted: (printed: Printed) => void): () => void {
  const nothing = splitFrames(Buffer.alloc(0));
  let framed = nothing;
  let passed: Buffer = Buffer.alloc(0);
  const silence = createWatchdog(gapMs, giveUp);

  function giveUp(): void {
    print(framed.begun.filter(beginsAsRideCode));
    if (framed.begun.length === 0) passed = Buffer.concat([passed, framed.rest.subarray(framed.told)]);
    if (passed.length > 0) onPrinted({ is: 'talk', bytes: passed, advice: adviceOn(passed) });
    framed = nothing;
    passed = Buffer.alloc(0);
  }

  function print(contents: readonly Buffer[]): void {
    for (const printed of contents.flatMap(readBurst)) onPrinted(printed);
  }

  const stopReading = readPaced(stream, chunk => {
    framed = splitFrames(Buffer.concat([framed.rest, chunk]), framed.told);
    if (passed.length < passedBytes) {
      passed = Buffer.concat([passed, framed.passedOver.subarray(0, passedBytes)]);
    }
    print(framed.frames);
    silence.restart(framed.begun.some(isBegun) ? unfinishedMs : gapMs);
  });
  return () => {
    silence.stop();
    stopReading();
  };
}

/** @returns '' for what frames lines */
function adviceOn(passed: Buffer): string {
  const text = passed.toString('latin1');
  if (contentOf(text) === '') return '';
  return readBurst(passed).some(({ is }) => is === 'code') ? noFrames : talkOf(text);
}
