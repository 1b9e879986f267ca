/** WAV files as tests need them. */

export interface MadeWav {
  readonly samples: Int16Array;
  readonly rateHz?: number;
  readonly channels?: number;
  readonly bits?: number;
  readonly coding?: number;
  /** Chunks before the format. */
  readonly before?: Buffer;
}

export function madeWav({
  samples,
  rateHz = 22_050,
  channels = 1,
  bits = 16,
  coding = 1,
  before,
}: MadeWav): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(coding, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rateHz, 4);
  format.writeUInt32LE((rateHz * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  const data = Buffer.alloc(samples.length * 2);
  for (const [i, sample] of samples.entries()) data.writeInt16LE(sample, i * 2);
  const content = Buffer.concat([before ?? Buffer.alloc(0), chunk('fmt ', format), chunk('data', data)]);
  const head = Buffer.alloc(12);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(content.length + 4, 4);
  head.write('WAVE', 8, 'latin1');
  return Buffer.concat([head, content]);
}

export function chunk(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
