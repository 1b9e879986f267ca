/** Frames through PNG files, and PNG files that lie about themselves. */
import { PNG } from 'pngjs';
import * as assert from 'uvu/assert';
import { readPng, writePng } from '../../../sim/media/png.ts';
import { createRandom } from '../../../sim/media/random.ts';
import { suite } from '../../harness.ts';

const frame = { width: 37, height: 21, grey: createRandom(3).bytes(37 * 21) };

function changed(file: Uint8Array, offset: number, ...bytes: number[]): Uint8Array {
  const copy = Uint8Array.from(file);
  copy.set(bytes, offset);
  return copy;
}

suite('png', test => {
  test('gives back the pixels it was written from', () => {
    const file = writePng(frame);
    assert.is(file[25], 0, 'a grey PNG');
    assert.equal(readPng(file), frame);
  });

  test('weighs colours, and shows white through what is transparent', () => {
    const png = new PNG({ width: 5, height: 1 });
    png.data = Buffer.from('ff0000ff00ff00ff0000ffff0000000000000080', 'hex');
    assert.equal([...readPng(PNG.sync.write(png)).grey], [76, 150, 29, 255, 127]);
  });

  const file = writePng(frame);
  const refused: readonly (readonly [what: string, file: Uint8Array, message: RegExp])[] = [
    ['no bytes', new Uint8Array(0), /not a PNG/],
    ['another format', new TextEncoder().encode('GIF89a and more than that'), /not a PNG/],
    ['a file cut off in its header', file.slice(0, 20), /no header/],
    ['a file cut off later', file.slice(0, 60), /cannot be decoded/],
    ['a damaged pixel', changed(file, 60, 1, 2, 3), /cannot be decoded/],
    ['no width', changed(file, 16, 0, 0, 0, 0), /no pixels/],
    ['too wide a picture', changed(file, 16, 0, 0, 0x10, 1), /4097×21 pixels/],
    ['too high a picture', changed(file, 20, 0xff, 0xff, 0xff, 0xff), /pixels, more than 4096×4096/],
    ['an interlaced file', changed(file, 28, 1), /interlaced/],
    ['a second header', Buffer.concat([file.slice(0, 33), file.slice(8)]), /more than one header/],
    ['a file over 32 MiB', new Uint8Array(33 * 1024 * 1024), /bytes, more than/],
  ];
  for (const [what, refusedFile, message] of refused) {
    test(`refuses ${what}`, () => {
      assert.throws(() => readPng(refusedFile), message);
    });
  }
});
