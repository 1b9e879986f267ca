/**
 * The framing of vpcd, the virtual smart card reader of the vsmartcard project: each message is a big-endian
 * u16 length and a body of that many bytes. A reader's body of one byte is a control, any other a command APDU.
 * Both ends of the wire use this file.
 */

/** `askAtr` is answered with the ATR; the others are not answered. */
export const vpcdControls = { powerOff: 0, powerOn: 1, reset: 2, askAtr: 4 } as const;

const headerBytes = 2;

/** @throws RangeError when the body is longer than the 65,535 bytes a header can announce */
export function encodeFrame(body: Uint8Array): Uint8Array {
  if (body.length > 0xffff) throw new RangeError(`a frame cannot hold ${body.length} bytes`);
  const frame = Buffer.alloc(headerBytes + body.length);
  frame.writeUInt16BE(body.length);
  frame.set(body, headerBytes);
  return frame;
}

export interface FrameDecoder {
  /** @returns the bodies completed by this chunk, in order */
  push(chunk: Uint8Array): Uint8Array[];
  /** `too-long` is final: where the next frame would start can no longer be trusted. */
  readonly state: 'between-frames' | 'in-frame' | 'too-long';
}

/** Puts frames together however the stream cuts them; never holds more than one body of `maxBodyBytes`. */
export function createFrameDecoder(maxBodyBytes: number): FrameDecoder {
  let held = Buffer.alloc(0);
  let tooLong = false;

  function takeBody(): Uint8Array | undefined {
    if (held.length < headerBytes) return undefined;
    const end = headerBytes + held.readUInt16BE();
    tooLong = end > headerBytes + maxBodyBytes;
    if (tooLong || held.length < end) return undefined;
    const body = Uint8Array.from(held.subarray(headerBytes, end));
    held = held.subarray(end);
    return body;
  }

  return {
    push(chunk) {
      const bodies: Uint8Array[] = [];
      if (tooLong) return bodies;
      held = Buffer.concat([held, chunk]);
      for (let body = takeBody(); body !== undefined; body = takeBody()) bodies.push(body);
      if (tooLong) held = Buffer.alloc(0);
      return bodies;
    },
    get state() {
      if (tooLong) return 'too-long';
      return held.length === 0 ? 'between-frames' : 'in-frame';
    },
  };
}
