import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { DeviceError } from '../../../device/kit/errors.ts';
import type { GreyFrame } from '../../../drivers/code-reader/engine.ts';
import { createY4mParser } from '../../../drivers/code-reader/y4m.ts';
import { suite } from '../../harness.ts';

const grey = (width: number, height: number, first: number) =>
  Uint8Array.from({ length: width * height }, (_, i) => first + i);

/** Two frames of 5 x 3 with this much chroma after each. */
function video(colour: string, chromaBytes: number): { bytes: Buffer; frames: GreyFrame[] } {
  const frames = [7, 10].map(first => ({ width: 5, height: 3, grey: grey(5, 3, first) }));
  const chroma = Buffer.alloc(chromaBytes, 10);
  const parts = frames.flatMap(frame => [Buffer.from('FRAME Ip\n'), frame.grey, chroma]);
  return { bytes: Buffer.concat([Buffer.from(`YUV4MPEG2 W5 H3 F25:1${colour}\n`), ...parts]), frames };
}

function parse(bytes: Uint8Array, cuts: readonly number[] = []): GreyFrame[] {
  const parser = createY4mParser('camera');
  const bounds = [0, ...[...cuts].sort((x, y) => x - y), bytes.length];
  return bounds.slice(1).flatMap((end, i) => parser.push(bytes.subarray(bounds[i], end)));
}

function refusal(text: string): string {
  try {
    createY4mParser('camera').push(Buffer.from(text, 'latin1'));
    return 'taken';
  } catch (error) {
    return error instanceof DeviceError ? error.kind : `thrown: ${error}`;
  }
}

suite('y4m', test => {
  for (const [colour, chromaBytes] of [
    [' Cmono', 0],
    ['', 12],
    [' C420jpeg', 12],
    [' C420mpeg2 XYSCSS=420MPEG2', 12],
    [' C422', 18],
    [' C444', 30],
  ] as const) {
    test(`takes the luma of${colour || ' the default colour'}, however the bytes are cut`, () => {
      const { bytes, frames } = video(colour, chromaBytes);
      assert.equal(parse(bytes), frames);
      const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 });
      fc.assert(fc.property(cuts, at => assert.equal(parse(bytes, at), frames)));
    });
  }

  test('each frame owns its buffer', () => {
    const { bytes } = video(' Cmono', 0);
    for (const frame of parse(bytes)) assert.is(frame.grey.buffer.byteLength, frame.grey.length);
  });

  test('refuses headers it cannot use', () => {
    for (const header of [
      'HTTP/1.1 200 OK\n',
      'YUV4MPEG2\n',
      'YUV4MPEG2 W640\n',
      'YUV4MPEG2 W0 H0\n',
      'YUV4MPEG2 W-1 H5\n',
      'YUV4MPEG2 W1e3 H5\n',
      'YUV4MPEG2 W1921 H1080\n',
      'YUV4MPEG2 W1920 H1081\n',
      'YUV4MPEG2 W999999999 H999999999\n',
      'YUV4MPEG2 W8 H8 C420p10\n',
      'YUV4MPEG2 W8 H8 Cmono16\n',
      `YUV4MPEG2 W8 H8 X${'x'.repeat(256)}`,
      'YUV4MPEG2 W1 H1 Cmono\nFRAMES\n',
      `YUV4MPEG2 W1 H1 Cmono\nFRAME ${'x'.repeat(256)}`,
    ]) {
      assert.is(refusal(header), 'protocol', header);
    }
    assert.is(refusal('YUV4MPEG2 W1920 H1080 Cmono\n'), 'taken');
  });

  test('throws nothing but protocol faults, whatever it is fed', () => {
    const head = fc.constantFrom('', 'YUV4MPEG2 ', 'YUV4MPEG2 W2 H2 Cmono\n', 'YUV4MPEG2 W1 H1\nFRAME\n');
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 400 }), (text, noise) => {
        const outcome = refusal(text + Buffer.from(noise).toString('latin1'));
        return outcome === 'taken' || outcome === 'protocol';
      }),
    );
  });
});
