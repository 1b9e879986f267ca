/** Picture files as camera frames: what is in them can be read, whatever their size, colour and transparency. */
import { PNG } from 'pngjs';
import * as assert from 'uvu/assert';
import { cameraFrameOf } from '../../../sim/media/picture.ts';
import { writePng } from '../../../sim/media/png.ts';
import { qrMatrix } from '../../../sim/media/qr-matrix.ts';
import { createRandom } from '../../../sim/media/random.ts';
import { suite } from '../../harness.ts';
import { zxingDecoder } from './decoders.ts';

const camera = { width: 640, height: 480 };
const quietModules = 4;
const payload = createRandom(7).bytes(364);

/** A code of so many pixels to the module, dark on nothing. */
function codePng(scale: number, width: number, height: number, dark: string): Uint8Array {
  const { size, modules } = qrMatrix(payload, 'L');
  const png = new PNG({ width, height });
  png.data.fill(0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = [Math.floor(x / scale) - quietModules, Math.floor(y / scale) - quietModules];
      const isInside = column >= 0 && column < size && row >= 0 && row < size;
      if (isInside && modules[row * size + column]) png.data.write(dark, 4 * (y * width + x), 'hex');
    }
  }
  return PNG.sync.write(png);
}

suite('picture before the camera', test => {
  const side = qrMatrix(payload, 'L').size + 2 * quietModules;
  const pictures: Record<string, Uint8Array> = {
    'smaller than the frame': codePng(2, 2 * side, 2 * side, '000000ff'),
    'larger than the frame': codePng(17, 17 * side, 17 * side, '000000ff'),
    'as a phone’s tall screen': codePng(12, 12 * side, 18 * side, '000000ff'),
    'in dark blue': codePng(5, 5 * side, 5 * side, '101060ff'),
    'half transparent': codePng(5, 5 * side, 5 * side, '000000c0'),
  };
  for (const [how, png] of Object.entries(pictures)) {
    test(`a code ${how} can be read`, async () => {
      const frame = cameraFrameOf(png, camera);
      assert.is(frame.grey.length, camera.width * camera.height);
      assert.equal((await zxingDecoder())(frame), [payload]);
    });
  }

  test('is whole and in the middle, with grey beside it', () => {
    const row = (width: number, height: number, y: number) => {
      const png = writePng({ width, height, grey: new Uint8Array(width * height).fill(200) });
      return [...cameraFrameOf(png, { width: 8, height: 4 }).grey.subarray(8 * y, 8 * y + 8)];
    };
    assert.equal(row(1, 1, 0), [128, 128, 200, 200, 200, 200, 128, 128]);
    assert.equal(row(4096, 1, 0), new Array(8).fill(128));
    assert.equal(row(4096, 1, 1), new Array(8).fill(200));
    assert.equal(row(1, 4096, 3), [128, 128, 128, 200, 128, 128, 128, 128]);
  });

  test('each pixel is the mean of what it covers', () => {
    const png = writePng({ width: 3, height: 1, grey: new Uint8Array([0, 90, 240]) });
    assert.equal([...cameraFrameOf(png, { width: 2, height: 1 }).grey], [30, 190]);
  });

  test('what is no picture is refused', () => {
    assert.throws(() => cameraFrameOf(new Uint8Array(100), camera), /not a PNG/);
  });
});
