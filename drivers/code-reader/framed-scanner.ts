/**
 * A scanner module that sends each code as a frame: the byte 03, the code's length in two bytes (big-endian), the code.
 *
 * Grow's GM65 family can be set to this ("output with protocol"), by its manual. The length says where a code ends, so
 * no byte of a binary code can pass for a line end. Bytes that begin no frame are passed over, and a technician is told what they look
 * like. A frame that is not whole when the line has been silent for 200 ms is given up; one with a ride code in it is waited for.
 */
import type { Readable } from 'node:stream';
import { parseAddress } from '../../device/kit/address.ts';
import { readPaced } from '../../device/kit/paced-reading.ts';
import { createWatchdog } from '../../device/kit/time.ts';
import type { CodeReader } from '../../device/ports.ts';
import { type SupervisedStream, stayedOpenMs, superviseStream } from '../wire/supervised-stream.ts';
import type { SerialSettings } from '../wire/tty.ts';
import { readBurst } from './burst-code.ts';
import { isBegun } from './found-codes.ts';
import { contentOf } from './line-code.ts';
import { noFrames, talkOf } from './module-talk.ts';
import { presentEach } from './present-each.ts';
import type { Printed } from './printed.ts';

export interface FramedScannerOptions extends SerialSettings {
  readonly name: string;
  /** tty path or tcp://host:port */
  readonly path: string;
}

const mark = 0x03;
const headerBytes = 3;
/** A ride code has 364. */
const maxCodeBytes = 4096;
const gapMs = 200;
const unfinishedMs = 1000;
/** Of what is passed over, enough to tell what it looks like. */
const passedBytes = 1024;

/** @throws DeviceError config when `path` is no address */
export function createFramedScanner({ name, path, ...serial }: FramedScannerOptions): CodeReader {
  const source = parseAddress(path);
  let wire: SupervisedStream | undefined;
  let stopPresenting = () => {};
  return {
    name,
    open(events) {
      const { print, stop } = presentEach(events);
      stopPresenting = stop;
      const session = (stream: Readable) => readFrames(stream, print);
      wire = superviseStream({ ...serial, name, source, readyAfterMs: stayedOpenMs, events, session });
    },
    async close() {
      stopPresenting();
      await wire?.close();
    },
  };
}

/** @returns stops the reading; nothing is called back afterwards */
function readFrames(stream: Readable, onPrinted: (printed: Printed) => void): () => void {
  let held: Buffer = Buffer.alloc(0);
  let passed: Buffer = Buffer.alloc(0);
  const silence = createWatchdog(gapMs, () => {
    held = Buffer.alloc(0);
    if (passed.length > 0) onPrinted({ is: 'talk', advice: adviceOn(passed) });
    passed = Buffer.alloc(0);
  });
  const stopReading = readPaced(stream, chunk => {
    const { frames, passedOver, rest } = splitFrames(Buffer.concat([held, chunk]));
    held = rest;
    if (passed.length < passedBytes) passed = Buffer.concat([passed, passedOver.subarray(0, passedBytes)]);
    for (const printed of frames.flatMap(readBurst)) onPrinted(printed);
    silence.restart(isBegun(held.subarray(headerBytes)) ? unfinishedMs : gapMs);
  });
  return () => {
    silence.stop();
    stopReading();
  };
}

/** @returns the whole frames' codes, what begins no frame, and the frame that has begun */
function splitFrames(bytes: Buffer) {
  const frames: Buffer[] = [];
  const passed: Buffer[] = [];
  let at = 0;
  let passedFrom = 0;
  while (bytes.length - at >= headerBytes) {
    const codeBytes = bytes.readUInt16BE(at + 1);
    const end = at + headerBytes + codeBytes;
    if (bytes[at] !== mark || codeBytes === 0 || codeBytes > maxCodeBytes) {
      at++;
      continue;
    }
    if (bytes.length < end) break;
    passed.push(bytes.subarray(passedFrom, at));
    frames.push(bytes.subarray(at + headerBytes, end));
    at = end;
    passedFrom = end;
  }
  passed.push(bytes.subarray(passedFrom, at));
  return { frames, passedOver: Buffer.concat(passed), rest: bytes.subarray(at) };
}

/** @returns '' for what frames lines */
function adviceOn(passed: Buffer): string {
  const text = passed.toString('latin1');
  if (contentOf(text) === '') return '';
  return readBurst(passed).some(({ is }) => is === 'code') ? noFrames : talkOf(text);
}
