/**
 * The frames of serial MP3 modules (YX5200, sold as DFPlayer Mini, and its kin FN-M16P): ten bytes
 * `7E FF 06 command acknowledge P1 P2 sum sum EF`.
 *
 * The sum makes version to P2 add up to zero in 16 bits. What is no whole frame with its sum is passed over, byte by byte, so noise
 * costs no frame that follows it.
 */
import type { Readable } from 'node:stream';
import { readPaced } from '../../../device/kit/paced-reading.ts';

export interface Frame {
  readonly code: number;
  /** P1 and P2, big-endian. */
  readonly value: number;
}

const start = 0x7e;
const version = 0xff;
const contentLength = 0x06;
const end = 0xef;
const frameBytes = 10;

/** @param isAnswered whether the module is to say that it has taken it, where it has nothing else to say */
export function encodeFrame({ code, value }: Frame, isAnswered: boolean): Buffer {
  const frame = Buffer.of(start, version, contentLength, code, Number(isAnswered), 0, 0, 0, 0, end);
  frame.writeUInt16BE(value, 5);
  frame.writeUInt16BE(sumOf(frame), 7);
  return frame;
}

/** @returns stops the reading; nothing is called back afterwards */
export function readFrames(stream: Readable, onFrame: (frame: Frame) => void): () => void {
  let held = Buffer.alloc(0);
  let isStopped = false;
  const stopReading = readPaced(stream, chunk => {
    held = Buffer.concat([held, chunk]);
    let at = 0;
    while (!isStopped && held.length - at >= frameBytes) {
      const frame = held.subarray(at, at + frameBytes);
      if (isFrame(frame)) onFrame({ code: frame.readUInt8(3), value: frame.readUInt16BE(5) });
      at += isFrame(frame) ? frameBytes : 1;
    }
    held = held.subarray(at);
  });
  return () => {
    isStopped = true;
    stopReading();
  };
}

function isFrame(frame: Buffer): boolean {
  const [first, second, third] = frame;
  const isFramed = first === start && second === version && third === contentLength && frame.at(-1) === end;
  return isFramed && frame.readUInt16BE(7) === sumOf(frame);
}

function sumOf(frame: Buffer): number {
  const sum = frame.subarray(1, 7).reduce((total, byte) => total + byte, 0);
  return -sum & 0xffff;
}
