/** YUV4MPEG2 streams, byte by byte. */
import * as assert from 'uvu/assert';
import { y4mFrame, y4mHeader } from '../../../sim/media/y4m.ts';
import { suite } from '../../harness.ts';

suite('y4m', test => {
  test('begins with one header line', () => {
    const line = new TextDecoder().decode(y4mHeader(640, 480));
    assert.is(line, 'YUV4MPEG2 W640 H480 F25:1 Ip A1:1 Cmono\n');
    assert.match(new TextDecoder().decode(y4mHeader(800, 600, 10)), / W800 H600 F10:1 /);
  });

  test('puts a line before the grey bytes of each frame', () => {
    const bytes = y4mFrame({ grey: Uint8Array.of(0, 10, 255) });
    assert.equal([...bytes], [...Buffer.from('FRAME\n'), 0, 10, 255]);
  });
});
